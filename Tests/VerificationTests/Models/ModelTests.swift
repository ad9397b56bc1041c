import Kernel
import Testing
import Verification

@Suite struct ModelTests {
  private func runs<Model: SequentialModel>(_ model: Model, _ actions: Model.Action...) -> Bool {
    var state: Model.State? = model.initial
    for action in actions { state = state.flatMap { model.step($0, action) } }
    return state != nil
  }

  @Test("a register holds what was written last, appended to, or swapped in")
  func register() {
    let model = RegisterModel()
    #expect(runs(model, .read(.none), .write(1), .write(2), .read(2)))
    #expect(!runs(model, .write(1), .write(2), .read(1)))
    #expect(runs(model, .append("a"), .append("b"), .read("ab")))
    #expect(runs(model, .write(1), .append("b"), .read("1b")))
    let swap = RegisterAction.compareAndSet(from: 1, to: 2, swapped: true)
    let refusal = RegisterAction.compareAndSet(from: 1, to: 2, swapped: false)
    #expect(runs(model, .write(1), swap, .read(2)) && !runs(model, .write(3), swap))
    #expect(runs(model, .write(3), refusal, .read(3)) && !runs(model, .write(1), refusal))
  }

  @Test("keys of a store are independent")
  func keyValueStore() {
    let model = KeyValueModel(initialValue: "")
    let write = KeyValueAction(key: 1, .append("a"))
    #expect(runs(model, write, .init(key: 1, .read("a")), .init(key: 2, .read(""))))
    #expect(!runs(model, write, .init(key: 2, .read("a"))))
  }

  @Test("a set holds what was added and not removed")
  func set() {
    #expect(runs(SetModel(), .add(1), .add(2), .add(1), .read([1, 2]), .contains(3, false)))
    #expect(runs(SetModel(), .add(1), .remove(1), .contains(1, false), .read([])))
    #expect(!runs(SetModel(), .add(1), .contains(1, false)))
    #expect(!runs(SetModel(), .add(1), .read([])))
  }

  @Test("a queue gives out first what came in first")
  func queue() {
    let two: [QueueAction] = [.enqueue(1), .enqueue(2)]
    #expect(runs(QueueModel(), two[0], two[1], .dequeue(.element(1)), .dequeue(.element(2))))
    #expect(!runs(QueueModel(), two[0], two[1], .dequeue(.element(2))))
    #expect(runs(QueueModel(), .dequeue(.empty), two[0], .dequeue(.element(1)), .dequeue(.empty)))
    #expect(!runs(QueueModel(), two[0], .dequeue(.empty)))
    #expect(runs(QueueModel(), two[0], two[1], .dequeue(.unseen), .dequeue(.element(2))))
  }

  @Test("a counter stands at the sum")
  func counter() {
    #expect(runs(CounterModel(), .read(0), .add(2), .add(-3), .read(-1)))
    #expect(!runs(CounterModel(), .add(2), .read(0)))
  }

  @Test("observations change nothing, and a lost result does what the action did")
  func laws() {
    expectLaws(RegisterModel())
    expectLaws(KeyValueModel())
    expectLaws(SetModel())
    expectLaws(QueueModel())
    expectLaws(CounterModel())
  }

  @Test("actions that differ have codes that differ")
  func codes() throws {
    let values: [Datum] = [.none, 0, 1, -1, 2, -2, .number(1 << 28 - 1)]
    var actions: [RegisterAction] = []
    for value in values {
      actions += [.read(value), .write(value)]
      for other in values {
        for swapped in [nil, false, true] {
          actions.append(.compareAndSet(from: value, to: other, swapped: swapped))
        }
      }
    }
    let codes = actions.compactMap { RegisterModel.code($0) }
    #expect(codes.count == actions.count && Set(codes).count == actions.count)
    #expect(RegisterModel.code(.read("a")) == nil)
    #expect(RegisterModel.code(.write(.number(1 << 28))) == nil)
  }

  private func expectLaws<Model: RandomObject>(_ model: Model) {
    var stream = RandomStream(seed: 1, name: "laws")
    var state = model.initial
    for _ in 0..<500 {
      let action = Model.answer(Model.ask(&stream), in: state)
      let next = model.step(state, action)
      #expect(next != nil, "\(action)")
      if Model.isPure(action) { #expect(next == state, "\(action)") }
      if let lost = Model.withoutResult(action) {
        #expect(model.step(state, lost) == next, "\(action)")
      } else {
        #expect(Model.isPure(action), "\(action)")
      }
      state = next ?? state
    }
  }
}
