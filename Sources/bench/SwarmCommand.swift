import Drills
import Foundation
import Kernel

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
      for seed in first...seeds.upperBound {
        failures += failed(ScenarioSwarm(scenario), seed)
        guard seed % 50 == 0 || seed == seeds.upperBound else { continue }
        done[name] = seed
        write(done)
      }
      let seconds = DecimalText.significant(ProcessorClock.seconds - start, digits: 3)
      print("\(scenario.id): seeds \(first) to \(seeds.upperBound), \(seconds) s")
    }
    print(failures == 0 ? "No invariant was broken." : "\(failures) runs failed.")
    return failures == 0
  }

  /// Runs one seed, prints what is wrong with it, and counts it.
  private func failed(_ swarm: ScenarioSwarm, _ seed: UInt64) -> Int {
    let run = swarm.run(seed: seed)
    if let broken = run.outcome.violations.first {
      print("\(swarm.scenario.id) seed \(seed): \(broken)\n  token \(run.token)")
      return 1
    }
    guard seed % 10 == 0, !swarm.repeats(run) else { return 0 }
    print(
      "\(swarm.scenario.id) seed \(seed): runs differently the second time\n  token \(run.token)")
    return 1
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
