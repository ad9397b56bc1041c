import Kernel

/// Runs the benchmarks: `bench [--json] [--list] [--only NAME]...`.
@main struct BenchCommand {
  static func main() {
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
