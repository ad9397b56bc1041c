import Curriculum
import Kernel
import Presentation

/// An interview as Markdown: what was said and when, the design, the report.
enum InterviewTranscript {
  static func markdown(_ interview: Interview, _ library: Library) throws(Diagnostic) -> String {
    var document = try document(interview)
    if interview.phase == .over {
      document = document + Document([.rule])
      document =
        document + (try InterviewReportView.document(interview, interview.report(), library))
    }
    return MarkdownRenderer().render(document)
  }

  private static func document(_ interview: Interview) throws(Diagnostic) -> Document {
    let plan = interview.plan
    var document = Document([
      .heading(1, Text("Interview: \(interview.subject.title)")),
      .text(
        "\(plan.minutes) minutes at \(plan.level.rawValue) level. Times are those of the interview's "
          + "own clock."),
    ])
    for turn in interview.turns { document = document + (try self.turn(turn, interview)) }
    document.add(.heading(2, "The design"))
    let lines = interview.sketch.lines
    document.add(
      lines.isEmpty
        ? .text("Nothing was drawn.") : .code(lines.joined(separator: "\n"), language: nil))
    return document
  }

  private static func turn(
    _ turn: Interview.Turn, _ interview: Interview
  ) throws(Diagnostic) -> Document {
    let time = ClockText.text(turn.at)
    func line(_ who: String, _ text: String) -> Document {
      Document([.paragraph(Text([.toned("\(time) ", .quiet), .strong("\(who): "), .plain(text)]))])
    }
    switch turn.content {
    case .said(let text): return line("Candidate", text)
    case .answered(let text, let question): return line("Candidate", "\(text) (\(question))")
    case .drew(let text, let came):
      let drawn = text.contains("\n") ? "a design from a file" : text
      return line("Candidate", "draws")
        + Document([
          .code(([drawn] + came).joined(separator: "\n"), language: nil)
        ])
    case .opened(let stage, let text):
      return Document([InterviewView.heading(stage, interview.plan)]) + line("Interviewer", text)
    case .asked(let text): return line("Interviewer", text)
    case .tried: return try InterviewView.trial(turn, interview)
    case .clock(let text): return line("Clock", text)
    }
  }
}
