import Kernel
import Patterns
import Testing

@Suite struct IdempotencyStoreTests {
  private typealias Store = IdempotencyStore

  @Test func statesAsTheDraftTellsThem() {
    var store = Store(Store.Options(lifetime: .hours(24), lockTime: .seconds(30)))
    let start = Instant.zero
    guard case .execute(let ticket) = store.begin(key: 1, body: 5, at: start) else {
      Issue.record("a new key is not begun")
      return
    }
    #expect(store.begin(key: 1, body: 5, at: start) == .inProgress)
    #expect(store.begin(key: 1, body: 6, at: start) == .mismatch)
    let answer = Store.Answer(body: 5, isGood: true)
    store.finished(ticket, answer, at: start + .seconds(1))
    #expect(store.begin(key: 1, body: 5, at: start + .hours(24)) == .replay(answer))
    #expect(store.begin(key: 1, body: 6, at: start + .hours(24)) == .mismatch)
    guard case .execute = store.begin(key: 1, body: 6, at: start + .hours(24) + .seconds(1))
    else {
      Issue.record("a key outlives its lifetime")
      return
    }
  }

  @Test func failuresFreeTheKeyAndLocksRunOut() {
    var store = Store(Store.Options(lockTime: .seconds(30)))
    guard case .execute(let first) = store.begin(key: 1, body: 5, at: .zero) else { return }
    store.finished(first, Store.Answer(body: 5, isGood: false), at: .zero)
    guard case .execute(let second) = store.begin(key: 1, body: 5, at: .zero) else {
      Issue.record("a failure keeps the key")
      return
    }
    let late = Instant.zero + .seconds(30)
    #expect(store.begin(key: 1, body: 5, at: late - .nanoseconds(1)) == .inProgress)
    guard case .execute(let third) = store.begin(key: 1, body: 5, at: late) else {
      Issue.record("a lock does not run out")
      return
    }
    // The one that lost its lock has nothing to say any more.
    store.finished(second, Store.Answer(body: 5, isGood: true), at: late)
    #expect(store.begin(key: 1, body: 5, at: late) == .inProgress)
    store.failed(second)
    #expect(store.begin(key: 1, body: 5, at: late) == .inProgress)
    store.finished(third, Store.Answer(body: 5, isGood: true), at: late)
    #expect(store.begin(key: 1, body: 5, at: late) == .replay(.init(body: 5, isGood: true)))
  }

  @Test func errorsAreKeptOnlyWhenAsked() {
    var store = Store(Store.Options(isErrorKept: true))
    guard case .execute(let ticket) = store.begin(key: 1, body: 5, at: .zero) else { return }
    let answer = Store.Answer(body: 5, isGood: false)
    store.finished(ticket, answer, at: .zero)
    #expect(store.begin(key: 1, body: 5, at: .zero) == .replay(answer))
  }
}
