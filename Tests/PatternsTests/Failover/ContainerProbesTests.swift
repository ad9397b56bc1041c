import Kernel
import Patterns
import Testing

@Suite struct ContainerProbesTests {
  private let both = ContainerProbes.Options(
    startup: ProbeOptions(failureThreshold: 30), liveness: ProbeOptions(),
    readiness: ProbeOptions())

  @Test func nothingElseIsAskedBeforeTheStartIsOver() {
    var probes = ContainerProbes(both)
    for _ in 0..<29 {
      #expect(probes.asks(.startup) && !probes.asks(.liveness) && !probes.asks(.readiness))
      let decision = probes.answered(.startup, isGood: false)
      #expect(decision == nil)
    }
    let decision = probes.answered(.startup, isGood: true)
    #expect(decision == .started)
    #expect(!probes.asks(.startup) && probes.asks(.liveness) && probes.asks(.readiness))
    #expect(!probes.isReady)
  }

  @Test func aStartThatTakesTooLongIsKilled() {
    var probes = ContainerProbes(both)
    for _ in 0..<29 { _ = probes.answered(.startup, isGood: false) }
    let decision = probes.answered(.startup, isGood: false)
    #expect(decision == .kill(.startup))
  }

  @Test func livenessKillsAndReadinessTakesOut() {
    var probes = ContainerProbes(
      ContainerProbes.Options(liveness: ProbeOptions(), readiness: ProbeOptions()))
    var decisions: [ContainerProbes.Decision?] = []
    decisions.append(probes.answered(.readiness, isGood: true))
    for isGood in [false, false, true, false, false, false] {
      decisions.append(probes.answered(.readiness, isGood: isGood))
      decisions.append(probes.answered(.liveness, isGood: isGood))
    }
    #expect(decisions.compactMap { $0 } == [.ready, .unready, .kill(.liveness)])
    #expect(!probes.isReady)
  }

  @Test func withoutProbesItIsReadyAtOnce() {
    let probes = ContainerProbes(ContainerProbes.Options())
    #expect(probes.isReady)
    #expect(ContainerProbes.Kind.allCases.allSatisfy { !probes.asks($0) })
  }
}
