import Kernel
import Patterns

extension ComponentKind {
  /// Who asks.
  static let sources: [ComponentKind] = [
    ComponentKind("clients", .source, "People or programs that send requests from outside."),
    ComponentKind("mobile-clients", .source, "Phones: requests from outside, over slow links."),
    ComponentKind("devices", .source, "Machines that report at their own pace."),
    ComponentKind("crawlers", .source, "Robots: many keys, none more popular than others.") {
      $0.load?.skew = 0
    },
    ComponentKind("scheduler", .source, "Starts work inside the design at a given rate."),
  ]

  /// What stands between clients and services.
  static let edges: [ComponentKind] = [
    ComponentKind("dns", .server, "Answers where a name lives.") {
      $0.work = .constant(.microseconds(200))
      $0.isHeld = false
    },
    ComponentKind("cdn", .cache, "Caches near the clients; what is missing comes from the origin.")
    {
      $0.work = .constant(.milliseconds(1))
      $0.concurrency = 10_000
      $0.cache?.coalesces = true
      $0.cache?.ttl = .minutes(10)
    },
    ComponentKind("edge-server", .cache, "A box at an Internet provider that holds popular files.")
    {
      $0.work = .constant(.milliseconds(2))
      $0.concurrency = 10_000
      $0.cache?.policy = .lfu
    },
    ComponentKind("load-balancer", .server, "Spreads connections or requests over instances.") {
      $0.concurrency = 10_000
      $0.work = .constant(.microseconds(100))
      $0.isHeld = false
    },
    ComponentKind("api-gateway", .server, "Routes, authenticates, limits, then calls services.") {
      $0.concurrency = 1_000
      $0.work = .constant(.milliseconds(1))
    },
    ComponentKind("firewall", .server, "Inspects requests and refuses the bad ones.") {
      $0.concurrency = 10_000
      $0.work = .constant(.microseconds(300))
      $0.isHeld = false
    },
    ComponentKind("rate-limiter", .server, "Lets a bounded rate of calls through.") {
      $0.concurrency = 10_000
      $0.work = .constant(.microseconds(200))
      $0.limit = LimitDesign()
    },
    ComponentKind(
      "push-gateway", .server, "Holds the open connections of clients and writes to them."
    ) {
      $0.concurrency = 10_000
      $0.work = .constant(.microseconds(500))
    },
  ]

  /// What works on requests.
  static let services: [ComponentKind] = [
    ComponentKind("service", .server, "A stateless service with a thread for each request.") {
      $0.work = .exponential(mean: .milliseconds(5))
    },
    ComponentKind("async-service", .server, "A service whose waiting requests hold no thread.") {
      $0.work = .exponential(mean: .milliseconds(5))
      $0.isHeld = false
    },
    ComponentKind("function", .server, "A function that the platform starts for each request.") {
      $0.concurrency = 1
      $0.queue = 0
      $0.work = .exponential(mean: .milliseconds(20))
      $0.boot = .milliseconds(500)
    },
    ComponentKind("auth-service", .server, "Proves who is asking."),
    ComponentKind("id-generator", .server, "Hands out unique, ordered numbers.") {
      $0.work = .constant(.microseconds(100))
    },
    ComponentKind("recommender", .server, "Ranks: much computing for one answer.") {
      $0.concurrency = 16
      $0.work = .exponential(mean: .milliseconds(40))
    },
    ComponentKind("config-service", .server, "Hands out configuration and flags."),
    ComponentKind("service-registry", .store, stateful: true, "Knows which instances live where."),
    ComponentKind("coordinator", .store, stateful: true, "Locks and leases by consensus.") {
      $0.replicas = 3
      $0.store?.acks = 2
      $0.store?.reads = .primary
      $0.store?.failover = .seconds(2)
      $0.work = .constant(.milliseconds(1))
    },
  ]

  /// What keeps data.
  static let data: [ComponentKind] = [
    ComponentKind("cache", .cache, "A cache in memory beside the services."),
    ComponentKind("session-store", .store, stateful: true, "Sessions in memory, by key.") {
      $0.work = .constant(.microseconds(300))
    },
    ComponentKind("database", .store, stateful: true, "Relational: a primary and its replicas.") {
      $0.concurrency = 32
      $0.work = .exponential(mean: .milliseconds(4))
    },
    ComponentKind("key-value-store", .store, stateful: true, "Values by key over many shards.") {
      $0.concurrency = 64
      $0.work = .exponential(mean: .milliseconds(2))
    },
    ComponentKind("wide-column-store", .store, stateful: true, "Rows by key, quorum writes.") {
      $0.replicas = 3
      $0.concurrency = 64
      $0.store?.acks = 2
      $0.store?.failover = .zero
      $0.work = .exponential(mean: .milliseconds(3))
    },
    ComponentKind("document-store", .store, stateful: true, "Documents by key.") {
      $0.concurrency = 32
      $0.work = .exponential(mean: .milliseconds(4))
    },
    ComponentKind("graph-store", .store, stateful: true, "Edges between things.") {
      $0.concurrency = 32
      $0.work = .exponential(mean: .milliseconds(3))
    },
    ComponentKind("search-index", .store, stateful: true, "Finds by words, over all shards.") {
      $0.concurrency = 32
      $0.work = .exponential(mean: .milliseconds(10))
    },
    ComponentKind("time-series-store", .store, stateful: true, "Measurements by time.") {
      $0.work = .exponential(mean: .milliseconds(2))
    },
    ComponentKind("warehouse", .store, stateful: true, "Columns for long questions.") {
      $0.concurrency = 8
      $0.work = .exponential(mean: .milliseconds(500))
    },
    ComponentKind("object-store", .store, stateful: true, "Large objects by name.") {
      $0.replicas = 3
      $0.concurrency = 1_000
      $0.store?.failover = .zero
      $0.work = .lognormal(p50: .milliseconds(20), p99: .milliseconds(150))
    },
  ]

  /// What lets work wait.
  static let messaging: [ComponentKind] = [
    ComponentKind("queue", .queue, stateful: true, "Messages that one worker each takes."),
    ComponentKind("log", .queue, stateful: true, "A partitioned log that consumers read in order."),
    ComponentKind("workers", .worker, "Take work from a queue at their own pace.") {
      $0.concurrency = 4
      $0.work = .exponential(mean: .milliseconds(50))
    },
    ComponentKind("stream-processor", .worker, "Reads a log and keeps running results.") {
      $0.concurrency = 1
      $0.work = .exponential(mean: .milliseconds(1))
    },
    ComponentKind("encoder", .worker, "Turns uploads into what devices can play.") {
      $0.concurrency = 1
      $0.work = .exponential(mean: .seconds(2))
    },
  ]

  /// What others run.
  static let outside: [ComponentKind] = [
    ComponentKind("external", .server, "A service that somebody else runs.") {
      $0.concurrency = 1_000
      $0.work = .lognormal(p50: .milliseconds(80), p99: .milliseconds(600))
    },
    ComponentKind("payment-provider", .server, "Charges cards, slowly, and must not do so twice.") {
      $0.concurrency = 500
      $0.work = .lognormal(p50: .milliseconds(300), p99: .seconds(2))
    },
    ComponentKind("notifier", .server, "Sends push messages, mails or texts through a provider.") {
      $0.concurrency = 500
      $0.work = .lognormal(p50: .milliseconds(100), p99: .seconds(1))
    },
  ]
}
