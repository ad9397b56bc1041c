import Estimation
import Testing

@Suite("Sanity anchors") struct AnchorTests {
  private static var reference: EstimateReference {
    EstimateReference(
      .init(
        constants: [
          .sample("chat", "100G messages/day", .published),
          .sample("mail", "10M messages/s", .published),
          .sample("broker", "10k messages/s", .machine),
          .sample("nic", "10 Gbit/s", .machine), .sample("card", "5 messages/s", .price),
        ], tariffs: []))
  }

  @Test("the nearest published figure and the machine's limit, of the same dimension only")
  func nearest() throws {
    let sheet = try Sheet("rate = 1.2M messages/s", reference: Self.reference)
    let figure = try #require(try sheet.estimator.outcome(at: 0).figure)
    let anchors = try sheet.estimator.anchors(for: figure)
    #expect(anchors.map(\.text) == ["close to the chat", "about 120 times the broker"])
    #expect(anchors[0].figure == "100 billion messages/day")
  }

  @Test("a share of a machine, and nothing for plain numbers or what nothing is near to")
  func shares() throws {
    let sheet = try Sheet(
      "traffic = 500 MB/s; n = 12; far = 1 message/year", reference: Self.reference)
    let estimator = sheet.estimator
    let traffic = try #require(try estimator.outcome(of: "traffic")?.figure)
    #expect(try estimator.anchors(for: traffic).map(\.text) == ["about 0.4 of the nic"])
    let number = try #require(try estimator.outcome(of: "n")?.figure)
    #expect(try estimator.anchors(for: number).isEmpty)
    let far = try #require(try estimator.outcome(of: "far")?.figure)
    #expect(try estimator.anchors(for: far).isEmpty)
  }
}
