import Kernel

extension KafkaConsumer {
  /// When positions are committed.
  public enum Commit: String, Sendable, Hashable, CaseIterable {
    /// `enable.auto.commit`: at a poll, when `auto.commit.interval.ms` have passed.
    case auto
    /// `commitSync` after the work on each batch.
    case after
    /// `commitSync` as soon as a batch has arrived.
    case before
  }

  /// The settings, under Kafka's names.
  public struct Options: Sendable, Hashable {
    /// `group.instance.id`, for static membership.
    public var instance: Int?
    /// `heartbeat.interval.ms`.
    public var heartbeatInterval: TimeSpan
    /// `max.poll.interval.ms`.
    public var maxPollInterval: TimeSpan
    /// `max.poll.records`.
    public var maxPollRecords: Int
    /// When positions are committed.
    public var commit: Commit
    /// `auto.commit.interval.ms`.
    public var autoCommitInterval: TimeSpan
    /// `auto.offset.reset`: whether a group without a position begins at the start.
    public var beginsAtStart: Bool
    /// `isolation.level=read_committed`.
    public var committedOnly: Bool
    /// Whether partitions are kept while joining again.
    public var isCooperative: Bool
    /// Whether its owner commits, and says when a position may be read and when to go on.
    public var isExternal: Bool
    /// How long the work on one record takes.
    public var processing: Distribution
    /// The share of records, from 0 to 1, whose work takes `slowProcessing` instead.
    public var slowShare: Double
    /// How long the work on a slow record takes.
    public var slowProcessing: TimeSpan
    /// The group's coordinator.
    public var coordinator: NodeID
    /// Where metadata is asked for.
    public var controller: NodeID
    /// The partitions of the topic.
    public var partitions: Int

    /// The options; the defaults are Kafka's.
    public init(
      instance: Int? = nil, heartbeatInterval: TimeSpan = .seconds(3),
      maxPollInterval: TimeSpan = .minutes(5), maxPollRecords: Int = 500,
      commit: Commit = .auto, autoCommitInterval: TimeSpan = .seconds(5),
      beginsAtStart: Bool = false, committedOnly: Bool = false, isCooperative: Bool = false,
      isExternal: Bool = false,
      processing: Distribution, slowShare: Double = 0, slowProcessing: TimeSpan = .zero,
      coordinator: NodeID, controller: NodeID, partitions: Int
    ) {
      self.instance = instance
      self.heartbeatInterval = heartbeatInterval
      self.maxPollInterval = maxPollInterval
      self.maxPollRecords = maxPollRecords
      self.commit = commit
      self.autoCommitInterval = autoCommitInterval
      self.beginsAtStart = beginsAtStart
      self.committedOnly = committedOnly
      self.isCooperative = isCooperative
      self.isExternal = isExternal
      self.processing = processing
      self.slowShare = slowShare
      self.slowProcessing = slowProcessing
      self.coordinator = coordinator
      self.controller = controller
      self.partitions = partitions
    }
  }
}
