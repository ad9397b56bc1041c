/// The verbs of the fault line language, each with how it is written and what it does.
///
/// Help, completion and the parser's complaints all read from here.
public enum FaultVerb: String, Sendable, Hashable, CaseIterable {
  /// A process dies.
  case crash
  /// A process starts again.
  case restart
  /// A process stands still.
  case pause
  /// A paused process goes on.
  case resume
  /// A process or a link takes longer.
  case slow
  /// Groups of nodes cannot reach each other.
  case partition
  /// Messages get lost.
  case drop
  /// Messages take longer.
  case delay
  /// Messages arrive twice.
  case duplicate
  /// Messages overtake each other.
  case reorder
  /// A clock is off.
  case skew
  /// A clock steps.
  case jump
  /// A clock runs fast or slow.
  case drift
  /// A disk is full.
  case fill
  /// A disk lies about what it has synced.
  case lose
  /// The load changes.
  case load
  /// Calls to a node fail.
  case errors
  /// Everything is well again.
  case heal

  /// How the action is written after `at TIME`.
  public var usage: String {
    switch self {
    case .crash: "crash NODE [for TIME]"
    case .restart: "restart NODE"
    case .pause: "pause NODE [for TIME]"
    case .resume: "resume NODE"
    case .slow: "slow NODE|LINK xFACTOR [for TIME]"
    case .partition: "partition NODES | NODES [| NODES...] [for TIME], or NODES -> NODES"
    case .drop: "drop PERCENT [LINK] [for TIME]"
    case .delay: "delay TIME [LINK] [for TIME]"
    case .duplicate: "duplicate PERCENT [LINK] [for TIME]"
    case .reorder: "reorder TIME [LINK] [for TIME]"
    case .skew: "skew NODE by TIME [for TIME]"
    case .jump: "jump NODE by TIME"
    case .drift: "drift NODE xFACTOR [for TIME]"
    case .fill: "fill NODE [for TIME]"
    case .lose: "lose NODE [for TIME]"
    case .load: "load xFACTOR [for TIME]"
    case .errors: "errors NODE PERCENT [for TIME]"
    case .heal: "heal"
    }
  }

  /// A whole line that uses the verb.
  public var example: String {
    switch self {
    case .crash: "at 30s crash shard-2"
    case .restart: "at 40s restart shard-2"
    case .pause: "at 5s pause n1 for 3s"
    case .resume: "at 8s resume n1"
    case .slow: "at 1m slow payments x20 for 40s"
    case .partition: "at 40s partition a,b | c for 20s"
    case .drop: "at 5s drop 10% a -> b for 20s"
    case .delay: "at 5s delay 50ms a <-> b for 20s"
    case .duplicate: "at 5s duplicate 5% for 20s"
    case .reorder: "at 5s reorder 20ms for 20s"
    case .skew: "at 10s skew n1 by 2s for 30s"
    case .jump: "at 10s jump n1 by -5s"
    case .drift: "at 10s drift n1 x1.01 for 10m"
    case .fill: "at 10s fill n2 for 30s"
    case .lose: "at 10s lose n2 for 30s"
    case .load: "at 20s load x3 for 30s"
    case .errors: "at 1m errors payments 50% for 1m"
    case .heal: "at 2m heal"
    }
  }

  /// What the fault does, as one sentence.
  public var summary: String {
    switch self {
    case .crash: "The process dies and loses its memory and its unsynced writes."
    case .restart: "The process starts with what it synced; one that still runs dies first."
    case .pause: "The process stands still; what reaches it waits."
    case .resume: "The paused process goes on and gets what waited."
    case .slow: "The node's work, or the link's latency, takes so many times as long."
    case .partition: "Messages between the groups are lost; with -> in that direction only."
    case .drop: "Each message is lost with this probability."
    case .delay: "Each message takes this much longer."
    case .duplicate: "Each message arrives a second time with this probability."
    case .reorder: "Each message takes up to this much longer, by chance, and so overtakes others."
    case .skew: "The node's wall clock is this far ahead of the true time (behind when negative)."
    case .jump: "The node's wall clock steps once by this much and stays there."
    case .drift: "The node's clocks run at this many times the true rate."
    case .fill: "The node's disk is full: writes are refused."
    case .lose: "The node's disk says 'synced' but keeps nothing: a crash loses it all."
    case .load: "Clients send so many times the usual load."
    case .errors: "The node answers calls with an error with this probability."
    case .heal: "Every fault in force ends: crashed nodes restart, paused ones resume."
    }
  }

  /// Whether the fault can be given an end with `for`: what happens at once cannot.
  public var lasts: Bool {
    switch self {
    case .crash, .pause, .slow, .partition, .drop, .delay, .duplicate, .reorder, .skew, .drift,
      .fill, .lose, .load, .errors:
      true
    case .restart, .resume, .jump, .heal: false
    }
  }
}
