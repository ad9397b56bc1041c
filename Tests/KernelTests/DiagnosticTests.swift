import Kernel
import Testing

@Suite("What a complaint about an unknown word says") struct DiagnosticTests {
  @Test func namesTheNearestAndTheOthers() {
    let text = Diagnostic.unknown("host", "hots-1", known: ["host-1", "host-2"]).description
    #expect(
      text
        == "There is no host called 'hots-1'. Expected one of: host-1, host-2. Did you mean 'host-1'?"
    )
  }

  @Test func whereThereIsNoneItSaysWhatMakesOne() {
    let made = Diagnostic.unknown("receipt", "r1", known: [], madeBy: "send; receive")
    #expect(
      made.description
        == "There is no receipt called 'r1'. There is none now; 'send; receive' makes one.")
    #expect(
      Diagnostic.unknown("series", "p99", known: []).description
        == "There is no series called 'p99'. There is none now.")
  }

  @Test func aMissingWordIsAskedFor() {
    #expect(
      Diagnostic.unknown("stage", "", known: ["shadow", "canary"]).description
        == "Say which stage. Expected one of: shadow, canary.")
    #expect(Diagnostic.oneOf([]) == nil)
  }
}
