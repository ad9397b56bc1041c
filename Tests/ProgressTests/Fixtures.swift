import Foundation
import Kernel
import Progress
import Recall
import Synchronization

/// A clock that moves only when told.
final class Hand: Sendable {
  private let milliseconds: Mutex<Int>

  init(_ milliseconds: Int = 1_767_254_400_000) { self.milliseconds = Mutex(milliseconds) }

  var now: Int { milliseconds.withLock { $0 } }

  func move(seconds: Int) { milliseconds.withLock { $0 += seconds * 1_000 } }
}

/// A folder of its own that goes away with the value.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "drillhall-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var store: String { path + "/progress.sqlite" }

  var url: URL { URL(fileURLWithPath: store) }

  /// Every file but SQLite's shared memory, which is made anew at will.
  func contents() throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    return try names.filter { !$0.hasSuffix("-shm") }.reduce(into: [:]) { contents, name in
      contents[name] = try bytes(name)
    }
  }

  func bytes(_ name: String = "progress.sqlite") throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
  }
}

extension ProgressStore {
  static func test(_ hand: Hand = Hand(), device: String = "here") throws -> ProgressStore {
    try ProgressStore.inMemory(device: device, clock: { hand.now })
  }
}

/// Draws facts as a learner might produce them, out of few ids so that they bear on each other.
struct RandomLearner {
  var chance: RandomStream

  init(seed: UInt64, name: String) { chance = RandomStream(seed: seed, name: name) }

  /// Does something: mostly records a fact or two, sometimes takes the last action back.
  mutating func act(on store: ProgressStore) throws {
    if chance.chance(0.15) {
      try store.undo()
      return
    }
    let log = try store.history(limit: 200).map(\.event)
    var facts = [fact(after: log)]
    if chance.chance(0.2) { facts.append(fact(after: log)) }
    try store.append(facts)
  }

  private mutating func fact(after log: [Event]) -> Fact {
    let place = Place(topic: "t\(chance.below(2))", step: "s\(chance.below(3))")
    let drill = "t0/d\(chance.below(2))"
    switch chance.below(16) {
    case 0: return .moved(place)
    case 1: return .finished(place, chance.chance(0.7) ? .done : .skipped)
    case 2: return chance.chance(0.3) ? .restarted(topic: place.topic) : .moved(place)
    case 3:
      return .answered(
        Answer(place: place, question: "q1", text: "\"80\t%\"", isRight: chance.chance(0.5)))
    case 4: return .commanded(place, line: "add n\(chance.below(9))")
    case 5: return .hinted(subject: drill, level: 1 + chance.below(3))
    case 6:
      let low = chance.unit() * 100
      return .predicted(
        PredictionRecord(
          subject: drill, metric: "p99", low: low, high: low + Double(chance.below(3)) * 20,
          unit: .seconds))
    case 7:
      guard let id = pick(.prediction, log) else { return .moved(place) }
      return .measured(prediction: id, value: chance.chance(0.9) ? chance.unit() * 120 : nil)
    case 8:
      let met = chance.below(4)
      return .ran(
        RunRecord(
          drill: drill, token: "\(drill):1:\(chance.below(99))::", isPassed: met == 3,
          metCount: met, objectiveCount: 3,
          figures: [Measurement("p99", chance.chance(0.9) ? chance.unit() : nil, .seconds)]))
    case 9:
      return .noteAdded(chance.chance(0.5) ? place : nil, text: "é\u{1b}[2J\n\(chance.below(99))")
    case 10:
      guard let id = pick(.note, log) else { return .moved(place) }
      let isEdit = chance.chance(0.6)
      return isEdit ? .noteEdited(id, text: "n\(chance.below(99))") : .noteDeleted(id)
    case 11:
      return .diagnosed(
        MysteryRecord(
          topic: place.topic, seed: UInt64(chance.below(99)), named: "healthy",
          answer: chance.chance(0.5) ? "healthy" : "votes-twice", isRight: chance.chance(0.5),
          tries: 1 + chance.below(2), spent: chance.below(13), budget: 12,
          seconds: chance.unit() * 900, score: chance.below(101)))
    case 12:
      return .interviewBegan(
        InterviewPlanRecord(topic: place.topic, minutes: 15, level: "senior"))
    case 13:
      guard let id = pick(.interview, log) else { return .moved(place) }
      return .interviewLine(
        InterviewLineRecord(interview: id, atSeconds: chance.unit() * 900, line: "a\n-> b"))
    case 14 where chance.chance(0.1):
      return .preferred(name: "retention", value: chance.chance(0.5) ? "0.8" : "0.95")
    default:
      let rating = Rating(rawValue: 1 + chance.below(4)) ?? .good
      return .reviewed(card: "c\(chance.below(4))", rating)
    }
  }

  private mutating func pick(_ kind: FactKind, _ log: [Event]) -> EventID? {
    let known = log.filter { $0.fact.kind == kind }
    return known.isEmpty ? nil : known[chance.below(known.count)].id
  }
}
