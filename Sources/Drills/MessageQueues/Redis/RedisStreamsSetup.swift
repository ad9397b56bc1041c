import Kernel
import Patterns
import Simulation

/// Everything that can be turned in a universe of Redis streams.
enum RedisStreamsKnobs {
  static let own: [Knob] = [
    Knob(
      "delivery", .choice(["stream", "pubsub"]), standard: .word("stream"),
      "A stream with a consumer group a service, or a channel that everybody subscribes to."),
    Knob(
      "claim.every", .span(.zero ... .minutes(10)), standard: .span(.seconds(5)),
      "How often a worker runs XAUTOCLAIM; 0 never does."),
    Knob(
      "worker.poll", .span(.milliseconds(10) ... .minutes(1)), standard: .span(.milliseconds(100)),
      "How long a worker waits after a read that found nothing."),
  ]

  /// All of them.
  static let all =
    own + RedisStreamsPreset.streamKnobs + RedisStreamsPreset.serverKnobs + StreamSetup.clients
    + StreamSetup.load
}

/// Makes the universe of Redis that settings describe.
enum RedisStreamsSetup {
  static func make(_ settings: Settings, mutant: RedisStreamsMutant? = nil) -> StreamSetup {
    let services = settings.integer("services")
    var names = StreamSetup.names("publisher", settings.integer("publishers"))
    let publishers = names.indices.map(NodeID.init)
    let servers = [NodeID(names.count), NodeID(names.count + 1)]
    names += ["redis-1", "redis-2", "sentinel"]
    let count = settings.integer("workers") * services
    // Whoever subscribes to a channel is owed a copy of its own.
    let isPubSub = settings.word("delivery") == "pubsub"
    let workers = (0..<count).map { NodeID(names.count + $0) }
    names += StreamSetup.names("worker", count)
    var roles = publishers.map { _ in
      StreamPart.Role.publisher(StreamPublisherPart(publisher(settings), broker: servers[0]))
    }
    for me in servers {
      let peer = me == servers[0] ? servers[1] : servers[0]
      roles.append(.redis(server(settings, me, peer, workers, services, mutant)))
    }
    roles.append(
      .sentinel(
        RedisSentinelPart(
          servers: servers, clients: publishers + workers,
          downAfter: settings.span("down-after-milliseconds"))))
    for _ in workers {
      roles.append(.worker(StreamWorkerPart(worker(settings), broker: servers[0])))
    }
    return StreamSetup(
      settings: settings, name: "redis-streams", roster: Roster(names), publishers: publishers,
      brokers: servers, workers: workers,
      services: isPubSub ? count : services, roles: roles)
  }

  private static func publisher(_ settings: Settings) -> StreamPublisherPart.Options {
    var options = StreamPublisherPart.Options()
    options.waits = settings.word("delivery") == "stream"
    options.attempts = settings.integer("publish.attempts")
    options.timeout = settings.span("publish.timeout")
    options.hasID = false
    return options
  }

  private static func worker(_ settings: Settings) -> StreamWorkerPart.Options {
    var options = StreamWorkerPart.Options()
    let isStream = settings.word("delivery") == "stream"
    options.source = isStream ? .polled(pause: settings.span("worker.poll")) : .pushed
    options.batch = settings.integer("COUNT")
    options.acknowledges = isStream && !settings.flag("NOACK")
    options.claimEvery = settings.span("claim.every")
    options.minIdle = settings.span("min-idle-time")
    return options
  }

  private static func server(
    _ settings: Settings, _ me: NodeID, _ peer: NodeID, _ workers: [NodeID], _ services: Int,
    _ mutant: RedisStreamsMutant?
  ) -> RedisServerPart {
    var options = RedisServerPart.Options()
    options.isPubSub = settings.word("delivery") == "pubsub"
    options.sync =
      RedisServerPart.Sync(rawValue: settings.word("appendfsync")) ?? .everysec
    options.maxLength = settings.integer("MAXLEN")
    options.waits = settings.integer("WAIT")
    options.acknowledges = !settings.flag("NOACK")
    var limits = RedisPubSub.Options()
    limits.hardLimit = settings.integer("client-output-buffer-limit")
    limits.hasNoLimit = mutant == .hasNoLimit
    let shortcuts = mutant?.streamShortcut.map { Set([$0]) } ?? []
    var streams = RedisStreams(shortcuts: shortcuts)
    for service in 1...services {
      _ = streams.step(
        ["XGROUP", "CREATE", RedisServerPart.key, "service-\(service)", "0", "MKSTREAM"], at: .zero)
    }
    return RedisServerPart(
      options, me: me, peer: peer, workers: workers,
      services: workers.indices.map { "service-\($0 % services + 1)" },
      names: workers.indices.map { "worker-\($0 + 1)" }, streams: streams,
      pubSub: RedisPubSub(limits))
  }
}
