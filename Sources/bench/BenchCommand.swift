import Drills
import Kernel

/// Runs the benchmarks: `bench [--json] [--list] [--only NAME]...`, or the swarm: `bench --swarm`.
@main struct BenchCommand {
  static func main() {
    if CommandLine.arguments.dropFirst().first == "--swarm" { swarm() }
    var isJSON = false
    var wanted: [String] = []
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      switch argument {
      case "--json": isJSON = true
      case "--only":
        guard let name = arguments.popFirst() else {
          refuse("--only needs the name of a benchmark.")
        }
        wanted.append(name)
      case "--list":
        for benchmark in everyBenchmark { print(benchmark.name) }
        return
      default: refuse("bench takes --json, --list and --only NAME, not '\(argument)'.")
      }
    }
    run(wanted, isJSON: isJSON)
  }

  /// Runs the swarm and leaves.
  private static func swarm() -> Never {
    var command = SwarmCommand()
    var arguments = CommandLine.arguments.dropFirst(2)
    while let argument = arguments.popFirst() {
      guard let value = arguments.popFirst() else { refuse("\(argument) needs a value.") }
      switch argument {
      case "--seeds":
        let ends = value.split(separator: ".").compactMap { UInt64($0) }
        guard ends.count == 2, ends[0] >= 1, ends[0] <= ends[1] else {
          refuse("--seeds takes A..B with A from 1 and at most B, not '\(value)'.")
        }
        command.seeds = ends[0]...ends[1]
      case "--only": command.wanted.append(value)
      case "--state": command.state = value
      default: refuse("--swarm takes --seeds, --only and --state, not '\(argument)'.")
      }
    }
    let names = TopicRegistry.topics.flatMap(\.scenarios).map(\.id)
    for name in command.wanted where !names.contains(name) {
      refuse(Diagnostic.unknown("scenario", name, known: names).description)
    }
    Streams.leave(status: command.run() ? 0 : 1)
  }

  private static func run(_ wanted: [String], isJSON: Bool) {
    let names = everyBenchmark.map(\.name)
    for name in wanted where !names.contains(name) {
      refuse(Diagnostic.unknown("benchmark", name, known: names).description)
    }
    var hasFailed = false
    for benchmark in everyBenchmark where wanted.isEmpty || wanted.contains(benchmark.name) {
      do throws(BenchmarkFailure) {
        for figure in try benchmark.figures() { show(figure, isJSON: isJSON) }
      } catch {
        Streams.complain("\(benchmark.name): \(error.message)")
        hasFailed = true
      }
    }
    if hasFailed { Streams.leave(status: 1) }
  }

  private static func show(_ figure: Figure, isJSON: Bool) {
    if isJSON {
      print(#"{"name":"\#(figure.name)","value":\#(figure.value),"unit":"\#(figure.unit)"}"#)
    } else {
      let padding = String(repeating: " ", count: max(1, 36 - figure.name.count))
      print(figure.name + padding + text(figure.value) + " " + figure.unit)
    }
  }

  private static func text(_ value: Double) -> String {
    value >= 1e6
      ? DecimalText.fixed(value / 1e6, decimals: 1) + " M"
      : DecimalText.significant(value, digits: 5)
  }

  private static func refuse(_ message: String) -> Never {
    Streams.complain(message)
    Streams.leave(status: 2)
  }
}
