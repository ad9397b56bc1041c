import Kernel
import Patterns
import Simulation

/// Makes the universe of NATS that settings describe.
enum NATSSetup {
  static func make(_ settings: Settings, seed: UInt64 = 1, mutant: NATSMutant? = nil) -> StreamSetup
  {
    let services = settings.integer("services")
    var names = StreamSetup.names("publisher", settings.integer("publishers")) + ["nats"]
    let publishers = names.indices.dropLast().map(NodeID.init)
    let server = NodeID(names.count - 1)
    let count = settings.integer("workers") * services
    let workers = (0..<count).map { NodeID(names.count + $0) }
    names += StreamSetup.names("worker", count)
    var roles = publishers.map { _ in
      StreamPart.Role.publisher(StreamPublisherPart(publisher(settings), broker: server))
    }
    roles.append(.nats(broker(settings, workers, services, seed: seed, mutant)))
    for _ in workers { roles.append(.worker(StreamWorkerPart(worker(settings), broker: server))) }
    return StreamSetup(
      settings: settings, name: "nats", roster: Roster(names), publishers: publishers,
      brokers: [server], workers: workers, services: services, roles: roles)
  }

  private static func publisher(_ settings: Settings) -> StreamPublisherPart.Options {
    var options = StreamPublisherPart.Options()
    options.waits = settings.word("delivery") != "core"
    options.attempts = settings.integer("publish.attempts")
    options.timeout = settings.span("publish.timeout")
    options.hasID = settings.flag("Nats-Msg-Id")
    return options
  }

  private static func worker(_ settings: Settings) -> StreamWorkerPart.Options {
    var options = StreamWorkerPart.Options()
    let isPulled = settings.word("delivery") == "pull"
    options.source = isPulled ? .pulled(expires: .seconds(5)) : .pushed
    options.batch = settings.integer("batch")
    options.buffer = settings.integer("pending.limit")
    options.acknowledges =
      settings.word("delivery") != "core" && settings.word("ack_policy") != "none"
    options.progress = options.acknowledges ? settings.span("in.progress") : .zero
    return options
  }

  private static func broker(
    _ settings: Settings, _ workers: [NodeID], _ services: Int, seed: UInt64,
    _ mutant: NATSMutant?
  ) -> NATSServerPart {
    var options = NATSServerPart.Options()
    options.isStream = settings.word("delivery") != "core"
    options.isPush = settings.word("delivery") == "push"
    options.isFile = settings.word("storage") == "file"
    options.syncInterval = settings.span("sync_interval")
    options.size = settings.integer("size")
    var limits = NATSPreset.serverOptions(settings)
    if let shortcut = mutant?.serverShortcut { limits.shortcuts = [shortcut] }
    let server = NATSServer(limits, random: RandomStream(seed: seed, name: "nats/groups"))
    var jetStream = JetStream()
    let subjects = NATSSubject("orders.>").map { [$0] } ?? []
    var stream = NATSPreset.stream(NATSServerPart.stream, subjects: subjects, settings)
    if let shortcut = mutant?.streamShortcut { stream.shortcuts = [shortcut] }
    _ = jetStream.step(.addStream(stream, request: 0), at: .zero)
    for service in 1...services {
      var consumer = NATSPreset.consumer("service-\(service)", isPush: options.isPush, settings)
      if let shortcut = mutant?.streamShortcut { consumer.shortcuts = [shortcut] }
      _ = jetStream.step(
        .addConsumer(stream: NATSServerPart.stream, consumer, request: 0), at: .zero)
    }
    return NATSServerPart(
      options, server: server, jetStream: jetStream, workers: workers,
      services: workers.indices.map { "service-\($0 % services + 1)" })
  }
}
