import Testing

@testable import Estimation

@Suite("The universal scalability law")
struct ScalabilityLawTests {
  @Test(
    "peaks and capacities are those of the worked example",
    arguments: [(0.05, 0.001, 30.8, 9.04), (0.02, 0.0001, 99.0, 25.2)])
  func golden(contention: Double, coherence: Double, peak: Double, capacity: Double) {
    let machines = ScalabilityLaw.peak(contention: contention, coherence: coherence)
    #expect(abs(machines - peak) < 0.05)
    let most = ScalabilityLaw.capacity(
      machines: machines, contention: contention, coherence: coherence)
    #expect(abs(most - capacity) < 0.05)
  }

  @Test("64 machines do less than 16 where they have to agree")
  func retrograde() {
    let many = ScalabilityLaw.capacity(machines: 64, contention: 0.05, coherence: 0.001)
    let few = ScalabilityLaw.capacity(machines: 16, contention: 0.05, coherence: 0.001)
    #expect(abs(many - 7.82) < 0.005)
    #expect(abs(few - 8.04) < 0.005)
  }

  @Test("no other number of machines does more than the peak", arguments: [0.0, 0.02, 0.3])
  func peakIsHighest(contention: Double) {
    let peak = ScalabilityLaw.peak(contention: contention, coherence: 0.002)
    let most = ScalabilityLaw.capacity(machines: peak, contention: contention, coherence: 0.002)
    for machines in stride(from: 1.0, through: 100, by: 0.25) {
      let other = ScalabilityLaw.capacity(
        machines: machines, contention: contention, coherence: 0.002)
      #expect(other <= most)
    }
  }
}
