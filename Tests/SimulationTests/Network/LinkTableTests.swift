import Kernel
import Testing

@testable import Simulation

@Suite struct LinkTableTests {
  @Test func agreesWithADictionary() {
    var random = RandomStream(seed: 1, name: "links")
    var table = LinkTable()
    var model: [[NodeID]: Int] = [:]
    for _ in 0..<20_000 {
      let (source, target) = (NodeID(random.below(90)), NodeID(random.below(90)))
      #expect(table.number(from: source, to: target) == model[[source, target]])
      if model[[source, target]] == nil {
        let number = table.add(from: source, to: target)
        #expect(number == model.count)
        model[[source, target]] = number
      }
    }
    #expect(model.count > 7_000)
  }
}
