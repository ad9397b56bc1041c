import Foundation
import Testing

@testable import Patterns

@Suite("Redis Cluster key slots as recorded")
struct RedisKeySlotConformanceTests {
  static let files = ShardingRecordings.files("redis-cluster-keyslot")

  @Test(
    "every recorded key has its slot",
    .enabled(if: !files.isEmpty, "no recordings beside the repository"), arguments: files)
  func slots(file: String) throws {
    let recording = try ShardingRecordings.read(file)
    guard let rows = recording["observed"] as? [[Any]], !rows.isEmpty else {
      throw ShardingRecordings.Unreadable("\(file) observes nothing")
    }
    for row in rows {
      guard row.count == 2, let key = row[0] as? String, let slot = row[1] as? Int else {
        throw ShardingRecordings.Unreadable("\(file): \(row) is no key with its slot")
      }
      #expect(Int(HashSlot.slot(of: key)) == slot, "\(file): \(key)")
    }
    if let steps = recording["steps"] as? [String: Any], let keys = steps["keys"] as? [String] {
      #expect(keys == rows.compactMap { $0[0] as? String })
    }
  }
}
