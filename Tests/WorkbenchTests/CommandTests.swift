import Drills
import Foundation
import Kernel
import Testing
@testable import Workbench

@Suite("Commands") struct CommandTests {
  @Test func namesAndAliasesDiffer() {
    let words = CommandRegistry.words
    #expect(Set(words).count == words.count)
  }

  @Test func summariesAreSentences() {
    for command in CommandRegistry.commands {
      #expect(command.spec.summary.hasSuffix("."), "\(command.spec.name)")
      #expect(command.spec.summary.first?.isUppercase == true, "\(command.spec.name)")
    }
  }

  /// A bench command that a prompt command hides could never be typed in a lesson.
  @Test func benchesTakeNoWordOfThePrompt() {
    // `restart NODE` is told from `restart` by its argument.
    let taken = Set(CommandRegistry.words).subtracting(["restart"])
    for topic in TopicRegistry.topics {
      for preset in [nil] + topic.presets.map(Optional.some) {
        let bench = topic.makeBench(preset?.id)
        for command in bench.commands {
          #expect(!taken.contains(command.name), "\(topic.id): \(command.name)")
        }
      }
    }
  }

  @Test func everyExampleIsAccepted() throws {
    for command in CommandRegistry.commands where !command.spec.isPromptOnly {
      for example in command.spec.examples {
        let session = try Transcript.session()
        // Files are not there to be read or written, and 200 seeds or all content take minutes.
        let skipped = [
          "--output", "import", "drill sweep", "check", "help bench", "estimate cases",
          "verify",
        ]
        if skipped.contains(where: { example.line.contains($0) }) { continue }
        #expect(throws: Never.self, "\(example.line)") { _ = try session.handle(example.line) }
      }
    }
  }

  @Test func theLanguageOnOneScreenIsTheLanguage() throws {
    let session = try Transcript.session()
    _ = try session.handle("estimate")
    for example in EstimateLanguageCommand.examples {
      #expect(throws: Never.self, "\(example.line)") { _ = try session.handle(example.line) }
    }
  }

  @Test func aSweepCountsItsRuns() throws {
    let session = try Transcript.session()
    let reply = try session.handle("drill sweep sharding/grow-under-load --seeds 1..4 --shard 2/2")
    #expect(reply.fallsShort)
    #expect("\(reply.document)".contains("0 of 2 runs met every objective"))
  }

  @Test func theDoctorLooksAtContentAndLog() throws {
    let session = try Transcript.session()
    _ = try session.handle("open sharding")
    _ = try session.handle("put alice")
    let found = "\(try session.handle("doctor").document)"
    #expect(found.contains(Transcript.root))
    #expect(found.contains("events, all of them sound"))
  }

  @Test func helpIsAnOptionToo() throws {
    let session = try Transcript.session()
    let help = "\(try session.call(["help"]).document)"
    #expect("\(try session.call(["--help"]).document)" == help)
    #expect("\(try session.call(["-h", "roadmap"]).document)".contains("roadmap"))
  }

  @Test func unknownWordsGetTheNearestOne() throws {
    let session = try Transcript.session()
    let error = #expect(throws: Diagnostic.self) { try session.handle("roadmpa") }
    #expect(error?.suggestion == "roadmap")
  }

  @Test func tabCompletes() throws {
    let session = try Transcript.session()
    #expect(session.completions(for: "roa") == ["roadmap"])
    let drills = session.completions(for: "drill r")
    #expect(drills.contains("replay") && drills.contains("run") && drills.contains("retry"))
    #expect(session.completions(for: "open shard").contains("sharding"))
    #expect(session.completions(for: "export ").contains("cards"))
    _ = try session.handle("try sharding")
    #expect(session.completions(for: "set pla") == ["placement="])
    #expect(session.completions(for: "ad") == ["add"])
    _ = try session.handle("estimate")
    _ = try session.handle("peak_rate = 5 requests/s")
    #expect(session.completions(for: "2 * peak") == ["peak(", "peak_rate"])
    #expect(session.completions(for: "max(peak_r") == ["max(peak_rate"])
    #expect(session.completions(for: "5 mess") == ["message", "messages"])
    #expect(session.completions(for: "expl") == ["explain"])
  }
}
