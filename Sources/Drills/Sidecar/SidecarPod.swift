import Kernel
import Patterns
import Simulation

/// One pod: the lives of its containers, its proxy of the mesh, what its sidecar keeps, and the
/// requests that it works on.
struct SidecarPod: Sendable {
  var life: PodLifecycle
  /// Counted up with each replacement, so that what belonged to an earlier one is known.
  var epoch = 0
  var proxy: MeshProxy
  /// Counted up with each start of the sidecar's process.
  var process = 0
  var pool: AmbassadorPool?
  var adapter: LogAdapter
  var metrics: MetricsAdapter
  /// The StatsD lines that the application wrote last.
  var statsLines: [String] = []
  /// Requests and their time in seconds as the application counted them.
  var counted = 0
  var timed = 0.0
  /// Connections of the application, or of the ambassador.
  var connections = 0
  var working = 0
  var usingConnections = 0
  var isListed = true
  var isShipping = false
  /// Requests that wait until there is room for their line.
  var blocked: [Int] = []
  /// Until when the sidecar's processor has work.
  var busyUntil = Instant.zero
  var stopAskedAt: Instant?

  init(_ settings: SidecarSettings, number: Int, epoch: Int, seed: UInt64) {
    self.epoch = epoch
    life = PodLifecycle(settings.pod)
    adapter = LogAdapter(
      capacity: settings.logBuffer, isDropping: settings.isDropping, shortcut: settings.shortcut)
    metrics = MetricsAdapter(shortcut: settings.shortcut)
    let name = "pod-\(number + 1)/\(epoch)"
    proxy = MeshProxy(
      agent: CertificateAgent(
        settings.mesh.agent, random: RandomStream(seed: seed, name: "\(name)/agent")),
      inbound: InboundProxy(mode: settings.mesh.mode),
      outbound: OutboundProxy(
        settings.mesh.outbound, zone: 0,
        endpoints: (0..<settings.ledgers).map { _ in .init(zone: 0, subset: 1) }, routes: nil,
        subsets: [], random: RandomStream(seed: seed, name: "\(name)/accrual")))
  }
}

/// One request, from its arrival to its answer.
struct SidecarRequest: Sendable {
  let arrivedAt: Instant
  let pod: Int
  let epoch: Int
  /// The way through retries of its call to the ledger.
  var sequence = RetrySequence()
  var tried = HostsTried()
  var isRetry = false
  var ledger: Int?
  var sentAt = Instant.zero
  var failure: CallFailure?
  var isWaiting = false
  var holdsConnection = false
  var timer: EventHandle?
}

/// A part of the configuration on its way to a proxy.
struct SidecarPush: Sendable {
  let party: Int
  let process: Int
  let part: MeshPart
  let version: Int
}
