import Kernel
import Patterns
import Testing

@Suite("A relay that reads the database's log") struct LogTailerTests {
  static func database(_ orders: [Int]) -> ServiceDatabase {
    var database = ServiceDatabase()
    for (place, order) in orders.enumerated() {
      _ = database.change(order, to: 1, in: place, event: OutboxTests.event(order))
      database.commit(place)
    }
    return database
  }

  @Test("It reads on in the order of commits, a late commit included")
  func order() {
    var database = ServiceDatabase()
    _ = database.change(1, to: 5, in: 1, event: OutboxTests.event(1))
    _ = database.change(2, to: 5, in: 2, event: OutboxTests.event(2))
    database.commit(2)
    var tailer = LogTailer(.init(batchSize: 10, flushInterval: .seconds(60)), at: .zero)
    #expect(tailer.next(of: database).map(\.id) == [2])
    database.commit(1)
    #expect(tailer.next(of: database).map(\.id) == [1])
    #expect(tailer.next(of: database).isEmpty)
  }

  @Test("A new life publishes again what came after the stored position, and nothing before it")
  func restart() {
    let database = Self.database([1, 2, 3, 4])
    var tailer = LogTailer(.init(batchSize: 2, flushInterval: .seconds(60)), at: .zero)
    #expect(tailer.next(of: database).count == 2)
    tailer.acknowledge()
    tailer.acknowledge()
    let isEarly = tailer.flush(at: .zero + .seconds(59))
    #expect(!isEarly)
    let isDue = tailer.flush(at: .zero + .seconds(60))
    #expect(isDue)
    #expect(tailer.next(of: database).count == 2)
    tailer.acknowledge()
    tailer.restart(at: .zero + .seconds(61))
    #expect(tailer.next(of: database).map(\.id) == [3, 4])
    #expect(tailer.checkInvariants() == nil)
  }

  @Test("What the broker has not acknowledged is never stored")
  func unacknowledged() {
    let database = Self.database([1, 2])
    var tailer = LogTailer(.init(batchSize: 2, flushInterval: .zero), at: .zero)
    _ = tailer.next(of: database)
    tailer.acknowledge()
    tailer.flush(at: .zero)
    #expect(tailer.stored == 1)
  }
}
