import Foundation
import Kernel
import Verification

/// Linearizability of the register histories that Jepsen recorded of etcd, where they are there.
///
/// They are looked for below `DRILLHALL_DATA`, or `../shared/data` beside the working folder. Each
/// must get its known verdict. For scale: Porcupine takes 599 ms for 102 such histories.
struct RecordedHistoryBenchmark: Benchmark {
  let name = "linearizability-etcd"

  private static let rounds = 601

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let recordings = try Self.recordings()
    guard !recordings.isEmpty else { return [] }
    let seconds = try ProcessorClock.median(rounds: Self.rounds) { () throws(BenchmarkFailure) in
      for recording in recordings {
        let verdict = Linearizability.check(recording.history, against: RegisterModel())
        try BenchmarkFailure.require(
          verdict.holds == recording.isLinearizable,
          "\(recording.name) does not get its known verdict")
      }
    }
    let count = Double(recordings.count)
    return [
      Figure(name: "\(name).total", value: seconds * 1e3, unit: "ms"),
      Figure(name: "\(name).histories", value: count, unit: "histories"),
      Figure(name: "\(name).for-102", value: seconds * 1e3 / count * 102, unit: "ms"),
    ]
  }

  private struct Recorded {
    let name: String
    let history: OperationHistory<RegisterAction>
    let isLinearizable: Bool
  }

  private static func recordings() throws(BenchmarkFailure) -> [Recorded] {
    let root = ProcessInfo.processInfo.environment["DRILLHALL_DATA"] ?? "../shared/data"
    let folder = root + "/histories/"
    guard let table = try? String(contentsOfFile: folder + "verdicts.csv", encoding: .utf8) else {
      return []
    }
    var recordings: [Recorded] = []
    for line in table.split(separator: "\n") where line.hasPrefix("register/") {
      let fields = line.split(separator: ",").map(String.init)
      do {
        let text = try String(contentsOfFile: folder + fields[0], encoding: .utf8)
        recordings.append(
          Recorded(
            name: fields[0], history: try JepsenLogReader.read(text),
            isLinearizable: fields[1] == "linearizable"))
      } catch {
        throw BenchmarkFailure(message: "\(fields[0]): \(error)")
      }
    }
    return recordings
  }
}
