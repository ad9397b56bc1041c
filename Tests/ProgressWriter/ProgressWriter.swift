import Foundation
import Glibc
import Progress
import Recall

/// Appends events to a store and prints the id of each as soon as it was acknowledged.
///
///     ProgressWriter PATH [--events N] [--file-limit BYTES] [--unprivileged]
///
/// Tests kill it, starve it of room and run several at once. `--file-limit` makes every file that
/// would grow beyond so many bytes fail to; `--unprivileged` gives up root first.
@main struct ProgressWriter {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let path = arguments.first else { exit(2) }
    let number = { (name: String) in
      arguments.firstIndex(of: name).flatMap { Int(arguments[$0 + 1]) }
    }
    if arguments.contains("--unprivileged"), geteuid() == 0 {
      guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(3) }
    }
    if let limit = number("--file-limit") {
      signal(SIGXFSZ, SIG_IGN)
      var limits = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits) == 0 else { exit(3) }
    }
    do {
      let store = try ProgressStore.open(at: path)
      for count in 0..<(number("--events") ?? .max) { try act(on: store, count) }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  /// Something a learner might do; every third time two facts of one action.
  private static func act(on store: ProgressStore, _ count: Int) throws {
    let place = Place(topic: "sharding", step: "step-\(count)")
    switch count % 3 {
    case 0: report([try store.append(.commanded(place, line: "add shard-\(count)"))])
    case 1: report([try store.append(.reviewed(card: "sharding/\(count % 7)", .good))])
    default: report(try store.append([.finished(place, .done), .moved(place)]))
    }
  }

  private static func report(_ events: [Event]) {
    let lines = events.map { "\($0.id)\n" }.joined()
    FileHandle.standardOutput.write(Data(lines.utf8))
  }
}
