/// The kinds of trouble that the trace is told of, each once an episode.
enum ChainTrouble: Int, Sendable, CaseIterable {
  case timedOut0, timedOut1, timedOut2
  case failed, refused, full, storm, waste, collapse, duplicate, lost, lostAnswer
}
