import Kernel
import Presentation
import Simulation

extension MessageDiagram {
  /// The messages that a recorder kept, in order of arrival, at most `limit` of them.
  ///
  /// `label` says in a few words what a message says; nil leaves it out, as heartbeats are. Of the
  /// same message sent again and again only the first is shown, and parts that nothing went to or
  /// came from are left out. When there is too much, the middle is.
  init<Message>(
    _ recorder: MessageRecorder<Message>, roster: Roster, limit: Int = 24,
    label: (Message) -> String?
  ) {
    var arrows: [(at: Instant, sending: MessageRecorder<Message>.Sending, label: String)] = []
    var seen: Set<[String]> = []
    for sending in recorder.sendings {
      guard let label = label(sending.message),
        seen.insert([label, "\(sending.source)", "\(sending.target)"]).inserted
      else { continue }
      arrows.append((sending.arrivals.first ?? sending.sentAt, sending, label))
    }
    // The order of sending decides between arrivals at one instant.
    let ordered = arrows.enumerated().sorted {
      ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
    }
    let first = ordered.prefix(ordered.count > limit ? limit / 2 : limit)
    let shown = (first + ordered.dropFirst(first.count).suffix(limit - first.count))
      .map(\.element)
    let nodes = roster.nodes.filter { node in
      shown.contains { $0.sending.source == node || $0.sending.target == node }
    }
    func place(_ node: NodeID) -> Int { nodes.firstIndex(of: node) ?? 0 }
    self.init(
      parts: nodes.map(roster.name),
      shown.map { arrow in
        let (from, to) = (place(arrow.sending.source), place(arrow.sending.target))
        guard let arrival = arrow.sending.arrivals.first else {
          return Row("\(arrow.at)", .lost(from: from, to: to), arrow.label, tone: .bad)
        }
        return Row(
          "\(arrival)", .message(from: from, to: to, sent: "\(arrow.sending.sentAt)"), arrow.label)
      })
  }
}
