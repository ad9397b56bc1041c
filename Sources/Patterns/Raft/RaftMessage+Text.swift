import Kernel

extension RaftMessage: CustomStringConvertible {
  /// The message in one line: `#0 → #1 term 2: append 3/4 7 after 2/3, commit 3`.
  public var description: String { "\(source) → \(target) term \(term): \(body)" }
}

extension RaftMessage.Body: CustomStringConvertible {
  /// What is said, in a few words; entries and places in the log as `term/index`.
  public var description: String {
    switch self {
    case .vote(let request):
      (request.isPreVote ? "would you vote" : "vote") + " for my log up to "
        + "\(request.lastTerm)/\(request.lastIndex)?" + (request.isTransfer ? " (handed over)" : "")
    case .voteReply(let granted, let isPreVote):
      granted ? (isPreVote ? "I would" : "granted") : (isPreVote ? "I would not" : "refused")
    case .append(let append):
      "append " + (append.entries.isEmpty ? "nothing" : append.entryText)
        + " after \(append.previousTerm)/\(append.previousIndex), commit \(append.commit)"
    case .appendReply(.accepted(let match)): "agree up to \(match)"
    case .appendReply(.rejected(let previous, let hint, let hintTerm)):
      "disagree at \(previous), try \(hintTerm)/\(hint)"
    case .heartbeat(let commit, let round): "heartbeat \(round), commit \(commit)"
    case .heartbeatReply(let round): "heard \(round)"
    case .install(let snapshot): "install snapshot up to \(snapshot.term)/\(snapshot.index)"
    case .timeoutNow: "stand for election now"
    case .forward(let command): "please append \(command)"
    case .readIndex(let read): "read \(read): at which index?"
    case .readIndexReply(let read, let index): "read \(read): at \(index)"
    }
  }
}

extension RaftAppend {
  fileprivate var entryText: String { entries.map(\.description).joined(separator: ", ") }
}
