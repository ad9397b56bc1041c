import Kernel
import Verification

/// Reads and writes of random versions by several sessions, in order of time.
struct RandomVersions {
  let seed: UInt64
  var count = 8

  /// Every write makes a version of its own; reads see any version, most often the newest.
  var operations: [VersionedOperation] {
    var stream = RandomStream(seed: seed, name: "versions")
    var versions: [Datum: [Int]] = [:]
    for key in ["x", "y"] as [Datum] {
      var order = Array(1...count)
      if stream.chance(0.3) { stream.shuffle(&order) }
      versions[key] = order
    }
    var written: [Datum: [Int]] = ["x": [0], "y": [0]]
    return (0..<count).map { place in
      let key: Datum = stream.chance(0.7) ? "x" : "y"
      let isWrite = stream.chance(0.4)
      let version: Int
      if isWrite {
        version = versions[key]?.removeFirst() ?? 0
        written[key]?.append(version)
      } else {
        let seen = written[key] ?? [0]
        version = stream.chance(0.5) ? seen.max() ?? 0 : seen[stream.below(seen.count)]
      }
      let began = Instant(nanoseconds: Int64(place * 10 + stream.below(5)))
      return VersionedOperation(
        session: stream.below(3), key: key, kind: isWrite ? .write : .read, version: version,
        invokedAt: began, returnedAt: began + .nanoseconds(Int64(1 + stream.below(30))))
    }
  }
}
