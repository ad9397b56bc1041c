import Drills
import Foundation
import Kernel
import Synchronization

/// Runs every scenario under thousands of random fault plans: `bench --swarm [--seeds A..B]
/// [--only SCENARIO]... [--state FILE]`.
///
/// With a state file it goes on where it was stopped. Every failure is printed with the token that
/// `drill replay` takes.
struct SwarmCommand {
  var seeds: ClosedRange<UInt64> = 1...1_000
  var wanted: [String] = []
  var state: String?

  /// Runs what is left to run; false when anything failed.
  func run() -> Bool {
    var done = readState()
    var failures = 0
    for scenario in TopicRegistry.topics.flatMap(\.scenarios)
    where wanted.isEmpty || wanted.contains(scenario.id) {
      let name = "\(scenario.id):\(scenario.version)"
      let start = ProcessorClock.seconds
      let first = max(seeds.lowerBound, (done[name] ?? 0) + 1)
      guard first <= seeds.upperBound else { continue }
      // A stop loses at most one batch.
      for start in stride(from: first, through: seeds.upperBound, by: 50) {
        let batch = start...min(start + 49, seeds.upperBound)
        let complaints = complaints(ScenarioSwarm(scenario), batch)
        for complaint in complaints { print(complaint) }
        failures += complaints.count
        done[name] = batch.upperBound
        write(done)
      }
      let seconds = DecimalText.significant(ProcessorClock.seconds - start, digits: 3)
      print("\(scenario.id): seeds \(first) to \(seeds.upperBound), \(seconds) s")
    }
    print(failures == 0 ? "No invariant was broken." : "\(failures) runs failed.")
    return failures == 0
  }

  /// What is wrong with the runs of `seeds`, in their order; all processors run them.
  private func complaints(_ swarm: ScenarioSwarm, _ seeds: ClosedRange<UInt64>) -> [String] {
    let found = Mutex<[UInt64: String]>([:])
    DispatchQueue.concurrentPerform(iterations: seeds.count) { place in
      let seed = seeds.lowerBound + UInt64(place)
      guard let complaint = complaint(swarm, seed) else { return }
      found.withLock { $0[seed] = complaint }
    }
    return found.withLock { found in seeds.compactMap { found[$0] } }
  }

  /// What is wrong with the run of one seed; every tenth is run twice.
  private func complaint(_ swarm: ScenarioSwarm, _ seed: UInt64) -> String? {
    let run = swarm.run(seed: seed)
    if let broken = run.outcome.violations.first {
      return "\(swarm.scenario.id) seed \(seed): \(broken)\n  token \(run.token)"
    }
    guard seed % 10 == 0, !swarm.repeats(run) else { return nil }
    return
      "\(swarm.scenario.id) seed \(seed): runs differently the second time\n  token \(run.token)"
  }

  /// The last seed done of each scenario; a state that cannot be read begins anew.
  private func readState() -> [String: UInt64] {
    guard let state, let text = try? String(contentsOfFile: state, encoding: .utf8) else {
      return [:]
    }
    var done: [String: UInt64] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, let seed = UInt64(words[1]) { done[String(words[0])] = seed }
    }
    return done
  }

  private func write(_ done: [String: UInt64]) {
    guard let state else { return }
    let text = done.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
    do { try text.write(toFile: state, atomically: true, encoding: .utf8) } catch {
      Streams.complain("\(state) cannot be written; a stop would lose what is done.")
    }
  }
}
