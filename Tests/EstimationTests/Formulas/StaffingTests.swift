import Kernel
import Testing

@testable import Estimation

@Suite("How many servers a promise takes")
struct StaffingTests {
  @Test("240 busy servers need 268 so that no more than 5 % wait")
  func golden() {
    #expect(Staffing.servers(load: 240, waiting: 0.05) == 268)
  }

  @Test("one server fewer breaks the promise", arguments: [0.2, 1, 7.5, 60, 240, 5_000])
  func resultIsTheSmallest(load: Double) throws {
    for slow in [0.2, 0.05, 0.001] {
      let byShare = Staffing.servers(load: load, waiting: slow)
      #expect(ErlangC.waitingShare(load: load, servers: byShare) <= slow)
      if byShare - 1 > load {
        #expect(ErlangC.waitingShare(load: load, servers: byShare - 1) > slow)
      }

      let byWait = Staffing.servers(load: load, slow: slow, waitWithin: 0.1)
      #expect(ErlangC.wait(exceededBy: slow, load: load, servers: byWait) <= 0.1)
      if byWait - 1 > load {
        #expect(ErlangC.wait(exceededBy: slow, load: load, servers: byWait - 1) > 0.1)
      }

      let limit = -PortableMath.log(slow) + 0.05
      let byResponse = try #require(Staffing.servers(load: load, slow: slow, responseWithin: limit))
      #expect(ErlangC.response(exceededBy: slow, load: load, servers: byResponse) <= limit)
      if byResponse - 1 > load {
        #expect(ErlangC.response(exceededBy: slow, load: load, servers: byResponse - 1) > limit)
      }
    }
  }

  @Test("no pool answers sooner than the service itself")
  func hopelessPromise() {
    #expect(Staffing.servers(load: 3, slow: 0.01, responseWithin: 4.6) == nil)
    #expect(Staffing.servers(load: 3, slow: 0.01, responseWithin: 4.7) != nil)
  }
}
