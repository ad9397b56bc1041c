import Foundation
import Kernel
import Testing

@testable import Estimation

/// Broken programs by the thousand: nothing may crash or hang, every complaint has a place, every
/// figure is finite.
///
/// A longer run: `ESTIMATE_FUZZ_MINUTES=10`, optionally `ESTIMATE_FUZZ_SEED=5`. `ESTIMATE_FUZZ_LAST`
/// names a file that holds the program that runs, for the case that it takes the process with it.
/// What once broke something lies in `Fuzz/Kept` and is replayed every time.
@Suite("Mutated programs") struct FuzzTests {
  private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent()

  private static func texts(in folder: URL, ending: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().compactMap {
      try? String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
    }
  }

  /// Programs to mutate: the wrong ones and the right ones.
  private static let corpus: [String] =
    texts(in: WrongProgramsTests.folder, ending: ".est")
    + LanguageTests.meanings.map { $0.program.replacing("; ", with: "\n") }
    + FunctionPages.all.map(\.example.call)

  @Test("what once broke something does not any more")
  func kept() {
    for text in Self.texts(in: Self.folder.appendingPathComponent("Kept"), ending: ".est") {
      Self.run(text)
    }
  }

  @Test("mutations of the corpus break nothing")
  func mutations() throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["ESTIMATE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    let minutes = environment["ESTIMATE_FUZZ_MINUTES"].flatMap(Double.init)
    let last = environment["ESTIMATE_FUZZ_LAST"].map { URL(fileURLWithPath: $0) }
    let start = ProcessInfo.processInfo.systemUptime
    var mutator = Mutator(seed: seed, corpus: Self.corpus)
    var count = 0
    while true {
      if let minutes {
        if ProcessInfo.processInfo.systemUptime - start > minutes * 60 { break }
      } else if count >= 4_000 {
        break
      }
      let text = mutator.next()
      if let last { try Data(text.utf8).write(to: last) }
      Self.run(text)
      count += 1
    }
    if minutes != nil { print("ran \(count) programs from seed \(seed)") }
  }

  /// Reads and evaluates `text` in every way that a learner can ask for.
  private static func run(_ text: String) {
    let source = SourceText(text, firstLine: 1)
    let (model, unread) = EstimateModel.read(source)
    var complaints = unread
    let estimator = Estimator(
      model, options: EstimateOptions(samples: 200), reference: Programs.reference)
    for place in estimator.places {
      do throws(EstimateComplaint) {
        let outcome = try estimator.outcome(at: place)
        guard let figure = outcome.figure else { continue }
        #expect(figure.middle.isFinite && !figure.text.isEmpty, "\(text)")
        _ = try estimator.derivation(at: place)
        _ = try estimator.influences(at: place)
        _ = try estimator.histogram(at: place)
        if count(text) < 400 { _ = try estimator.decision(at: place) }
      } catch {
        complaints.append(error)
      }
    }
    for complaint in complaints {
      let diagnostic = complaint.diagnostic
      let hasPlace = diagnostic.line != nil && diagnostic.column != nil
      #expect(hasPlace && !diagnostic.message.isEmpty, "\(diagnostic) of \(text)")
    }
    _ = model.text
  }

  private static func count(_ text: String) -> Int { text.utf8.count }
}

/// Breaks programs: bytes, words and lines are changed, doubled, dropped, swapped and mixed.
private struct Mutator {
  private var stream: RandomStream
  private let corpus: [String]
  private let bits = [
    "(", ")", "-> ", " to ", "%", "$", "?", "_", "^", "*", "/", "+", "-", "=", ",", "1e308",
    "1e-320",
    "999999999999999999999", "0", "-1", "0.1", "\u{00d7}", "\u{2192}", "\u{0}", "\u{1F600}", "µs",
    "users", "GB", "decide ", "expect ", "unit ", "correlate ", "per ", "mix(", "beta(", "if(",
    "min(",
    "servers_for_wait(", "zipf_hit_ratio(", "\n", "\t", ";", "#", "é", "5 to 10", "2M", "day", "/s",
    "ring_largest(", "collision_probability(", "cost(egress, ", "1,000", "^20", "^(1/2)",
  ]

  init(seed: UInt64, corpus: [String]) {
    stream = RandomStream(seed: seed, name: "fuzz")
    self.corpus = corpus
  }

  mutating func next() -> String {
    var text = pick(corpus)
    for _ in 0..<(1 + stream.below(6)) { text = changed(text) }
    return String(text.prefix(2_000))
  }

  private mutating func pick(_ texts: [String]) -> String { texts[stream.below(texts.count)] }

  private mutating func changed(_ text: String) -> String {
    var characters = Array(text)
    let place = stream.below(characters.count + 1)
    switch stream.below(9) {
    case 0:
      if place < characters.count { characters.remove(at: place) }
    case 1, 2: characters.insert(contentsOf: pick(bits), at: place)
    case 3:
      if place < characters.count {
        characters[place] = Character(UnicodeScalar(UInt8(32 + stream.below(95))))
      }
    case 4:
      let end = min(characters.count, place + stream.below(20))
      characters.insert(contentsOf: characters[place..<end], at: place)
    case 5:
      let end = min(characters.count, place + stream.below(20))
      characters.removeSubrange(place..<end)
    case 6: return text + "\n" + pick(corpus)
    case 7:
      let other = Array(pick(corpus))
      let cut = stream.below(other.count + 1)
      return String(characters[..<place]) + String(other[cut...])
    default:
      let bit = pick(bits)
      return String(characters[..<place]) + String(repeating: bit, count: 1 + stream.below(150))
        + String(characters[place...])
    }
    return String(characters)
  }
}
