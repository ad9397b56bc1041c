import Kernel
import Testing

@Suite struct HistoryTests {
  enum Register: Sendable, Hashable {
    case read(Int?)
    case write(Int)
  }

  static func at(_ second: Int64) -> Instant { .zero + .seconds(second) }

  @Test func keepsBeginningsAndEndsInOrder() {
    var history = History<Register>()
    history.invoke(0, .write(1), at: Self.at(1))
    history.invoke(1, .read(nil), at: Self.at(2))
    history.succeed(1, .read(1), at: Self.at(3))
    history.lose(0, .write(1), at: Self.at(4))
    history.invoke(1, .write(2), at: Self.at(5))
    history.fail(1, .write(2), at: Self.at(6))
    #expect(history.events.map(\.phase) == [.invoked, .invoked, .ok, .unknown, .invoked, .failed])
    #expect(history.events[2].operation == .read(1) && history.events[2].process == 1)
    #expect(!history.isIdle(0) && history.isIdle(1) && history.isIdle(2))
  }

  @Test func aFullRecordClosesAndStaysATruePrefix() {
    var history = History<Register>(capacity: 3)
    var whole = History<Register>()
    for second in 0..<6 {
      for process in 0..<2 {
        let now = Self.at(Int64(second))
        if second % 2 == 0 {
          history.invoke(process, .write(second), at: now)
          whole.invoke(process, .write(second), at: now)
        } else {
          history.succeed(process, .write(second - 1), at: now)
          whole.succeed(process, .write(second - 1), at: now)
        }
      }
    }
    #expect(history.events == Array(whole.events.prefix(3)))
    #expect(history.closedAt == Self.at(1) && whole.closedAt == nil)
  }

  @Test func aProcessDoesOneThingAtATimeAndNothingAfterALoss() async {
    await #expect(processExitsWith: .failure) {
      var history = History<Int>()
      history.invoke(0, 1, at: .zero)
      history.invoke(0, 2, at: .zero)
    }
    await #expect(processExitsWith: .failure) {
      var history = History<Int>()
      history.invoke(0, 1, at: .zero)
      history.lose(0, 1, at: .zero)
      history.invoke(0, 2, at: .zero)
    }
  }
}
