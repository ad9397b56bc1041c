import Foundation
import Kernel

/// A sample interview beside a rubric, `interview.txt`: what is typed, and what the report must say.
///
///     minutes: 15
///     level: senior
///     ---
///     the lines, as typed
///     ---
///     zone-loss-survived met
///     scoping senior
///     recommendation a yes
enum InterviewSample {
  static let name = "interview.txt"

  static func prove(_ subject: InterviewSubject, _ library: Library, _ report: inout ProofReport) {
    guard let folder = try? library.folder(subject.rubric.topic).path else { return }
    let file = "\(folder)/\(name)"
    guard FileManager.default.fileExists(atPath: file) else { return }
    report.attempt(file, line: 1) { () throws(Diagnostic) in
      try prove(Library.text(file), subject, library)
    }
  }

  private static func prove(
    _ text: String, _ subject: InterviewSubject, _ library: Library
  ) throws(Diagnostic) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let cuts = lines.indices.filter { lines[$0] == "---" }
    guard cuts.count == 2 else {
      throw Diagnostic("A sample has three parts.", line: 1, expected: "two lines of '---'")
    }
    var minutes = 45
    var level = InterviewLevel.senior
    for line in lines[..<cuts[0]] {
      if line.hasPrefix("minutes: ") { minutes = Int(line.dropFirst(9)) ?? 45 }
      if line.hasPrefix("level: ") { level = try .named(String(line.dropFirst(7))) }
    }
    var interview = Interview(
      subject, InterviewPlan(topic: subject.rubric.topic, minutes: minutes, level: level)
    ) { text throws(Diagnostic) in try library.design(fromText: text, of: subject) }
    for number in cuts[0] + 1..<cuts[1] where !lines[number].isEmpty {
      do {
        try interview.take(
          lines[number], at: interview.elapsed + TypingClock.seconds(for: lines[number]))
      } catch {
        var complaint = error
        complaint.line = number + 1
        throw complaint
      }
    }
    let report = try interview.report()
    let facts = facts(report)
    for number in lines.indices where number > cuts[1] && !lines[number].isEmpty {
      guard facts.contains(lines[number]) else {
        let name = lines[number].prefix { $0 != " " }
        throw Diagnostic(
          "The report does not say '\(lines[number])'.", line: number + 1,
          found: facts.first { $0.hasPrefix(name + " ") } ?? "nothing about '\(name)'")
      }
    }
  }

  /// The report in short lines.
  private static func facts(_ report: InterviewReport) -> [String] {
    report.points.map { "\($0.id) \($0.verdict.rawValue)" }
      + report.dimensions.map { "\($0.dimension.rawValue) \($0.reached?.rawValue ?? "below")" }
      + ["recommendation \(report.recommendation?.rawValue ?? "none")"]
      + report.slips.map { "slip \($0.id)" }
  }
}

/// The clock of an interview whose lines come from no person: each takes as long as it would to
/// think and to type it.
public enum TypingClock {
  /// Ten seconds a line and one and a half a word, and what `wait` says.
  public static func seconds(for line: String) -> Double {
    let words = line.split(whereSeparator: \.isWhitespace)
    if words.count >= 2, words[0] == "wait", let span = TimeSpan(text: words[1...].joined()) {
      return span.seconds
    }
    return 10 + 1.5 * Double(words.count)
  }
}
