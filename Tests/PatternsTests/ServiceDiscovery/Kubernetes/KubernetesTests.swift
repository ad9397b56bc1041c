import Kernel
import Testing

@testable import Patterns

@Suite("Kubernetes")
struct KubernetesTests {
  static let service = ServiceID(0)

  static func pod(
    _ index: Int, isReady: Bool = true, isTerminating: Bool = false
  ) -> KubePod {
    var pod = KubePod(NodeID(index), on: NodeID(1_000), of: service, isReady: isReady)
    pod.isTerminating = isTerminating
    return pod
  }

  static func slice(_ id: Int, _ pods: [KubePod]) -> KubeEndpointSlice {
    KubeEndpointSlice(id: id, service: service, endpoints: pods.map(KubeEndpoint.init))
  }

  @Test("A terminating pod is not ready, but may serve")
  func conditions() {
    let going = KubeEndpoint(Self.pod(1, isTerminating: true))
    #expect(!going.isReady)
    #expect(going.isServing)
    #expect(going.isTerminating)
  }

  @Test("Ready backends are used alone; terminating ones that serve only when none is ready")
  func fallback() {
    let slices = [
      Self.slice(1, [Self.pod(1), Self.pod(2, isReady: false)]),
      Self.slice(2, [Self.pod(3, isTerminating: true)]),
    ]
    #expect(KubeWatcher.backends(of: Self.service, in: slices).map(\.index) == [1])
    let none = [
      Self.slice(1, [Self.pod(2, isReady: false)]),
      Self.slice(
        2, [Self.pod(3, isTerminating: true), Self.pod(4, isReady: false, isTerminating: true)]),
    ]
    #expect(KubeWatcher.backends(of: Self.service, in: none).map(\.index) == [3])
  }

  @Test("250 endpoints need three slices; one change writes one slice")
  func packing() {
    let desired = (0..<250).map { KubeEndpoint(Self.pod($0)) }
    let first = KubeSlicePacking.plan(
      [], desired: desired, service: Self.service, limit: 100, nextID: 1)
    #expect(first.write.map(\.endpoints.count) == [100, 100, 50])
    #expect(first.write.map(\.id) == [1, 2, 3])
    let changed = desired.map {
      $0.pod.index == 120 ? KubeEndpoint(Self.pod(120, isReady: false)) : $0
    }
    let second = KubeSlicePacking.plan(
      first.write, desired: changed, service: Self.service, limit: 100, nextID: 4)
    #expect(second.write.map(\.id) == [2])
    #expect(second.delete.isEmpty)
    let grown = desired + [KubeEndpoint(Self.pod(300))]
    let third = KubeSlicePacking.plan(
      first.write, desired: grown, service: Self.service, limit: 100, nextID: 4)
    #expect(third.write.map(\.id) == [3])
  }

  @Test(
    "Packing keeps every endpoint once, whatever came before", arguments: 0..<50 as Range<UInt64>)
  func packingProperty(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "packing")
    var slices: [Int: KubeEndpointSlice] = [:]
    var nextID = 1
    for _ in 0..<20 {
      let desired = (0..<40).filter { _ in random.chance(0.6) }.map {
        KubeEndpoint(Self.pod($0, isReady: random.chance(0.8)))
      }
      let current = slices.keys.sorted().compactMap { slices[$0] }
      let plan = KubeSlicePacking.plan(
        current, desired: desired, service: Self.service, limit: 7, nextID: nextID)
      for id in plan.delete { slices[id] = nil }
      for slice in plan.write {
        slices[slice.id] = slice
        nextID = max(nextID, slice.id + 1)
      }
      #expect(slices.values.allSatisfy { $0.endpoints.count <= 7 })
      let held = slices.values.flatMap(\.endpoints).sorted { $0.pod < $1.pod }
      #expect(held == desired)
    }
  }

  @Test("A readiness probe needs three failures in a row, a dead container none")
  func readiness() {
    let pod = NodeID(1)
    var kubelet = Kubelet(NodeID(9), servers: [NodeID(50)], seed: 1)
    var facts: [Bool] = []
    var now = Instant.zero
    func take(_ outputs: [Kubelet.Output]) {
      for case .entered(_, let isReady) in outputs { facts.append(isReady) }
    }
    take(kubelet.step(.started, at: now))
    take(kubelet.step(.containerStarted(pod, Self.service), at: now))
    var answers = [true, false, false, true, false, false, false, true][...]
    while let answer = answers.first {
      now += .milliseconds(100)
      let outputs = kubelet.step(.wake, at: now)
      take(outputs)
      for case .probe(_, let number) in outputs {
        answers.removeFirst()
        take(kubelet.step(.probed(pod, number: number, isHealthy: answer), at: now))
      }
      #expect(kubelet.checkInvariants() == nil)
    }
    #expect(facts == [true, false, true])
    take(kubelet.step(.inspected(pod, isRunning: false), at: now))
    #expect(facts == [true, false, true, false])
  }

  @Test("Rules are written at most once a second")
  func minSync() {
    var proxy = KubeWatcher(servers: [NodeID(50)], first: 0)
    var now = Instant.zero
    var call = 0
    for case .call(let number, .watchSlices, _) in proxy.step(.started, at: now) { call = number }
    func hear(_ pods: [KubePod]) {
      _ = proxy.step(.answered(call, .slices([Self.slice(1, pods)], version: 1)), at: now)
    }
    func rules() -> Int { proxy.rules[Self.service]?.count ?? 0 }
    now += .seconds(5)
    hear([Self.pod(1)])
    _ = proxy.step(.wake, at: now)
    #expect(rules() == 1)
    now += .milliseconds(400)
    hear([Self.pod(1), Self.pod(2)])
    _ = proxy.step(.wake, at: now)
    #expect(rules() == 1)
    now += .milliseconds(600)
    _ = proxy.step(.wake, at: now)
    #expect(rules() == 2)
    #expect(proxy.checkInvariants() == nil)
  }

  @Test("A name is looked up again when its time is over, or never")
  func nameCache() {
    var fair = NameCache(keepsForever: false)
    var stubborn = NameCache(keepsForever: true)
    let answer = NameAnswer([NodeID(1)], timeToLive: .seconds(5))
    #expect(fair.needsLookup(at: .zero))
    fair.take(answer, at: .zero)
    stubborn.take(answer, at: .zero)
    #expect(!fair.needsLookup(at: .zero + .milliseconds(4_999)))
    #expect(fair.needsLookup(at: .zero + .seconds(5)))
    #expect(!stubborn.needsLookup(at: .zero + .hours(5)))
  }

  @Test("The store: a machine that is not ready takes its pods along")
  func nodeNotReady() {
    var store = KubeStore()
    store.apply(.nodeLease(NodeID(1_000), renewed: .zero), at: 1)
    store.apply(.createPod(Self.pod(1)), at: 2)
    store.apply(.nodeReady(NodeID(1_000), false), at: 3)
    #expect(store.desiredEndpoints(of: Self.service).allSatisfy { !$0.isReady })
    store.apply(.podStatus(NodeID(1), isReady: true), at: 4)
    #expect(store.podsVersion == 3)
    store.apply(.nodeReady(NodeID(1_000), true), at: 5)
    store.apply(.podStatus(NodeID(1), isReady: true), at: 6)
    #expect(store.desiredEndpoints(of: Self.service).allSatisfy { $0.isReady })
  }
}
