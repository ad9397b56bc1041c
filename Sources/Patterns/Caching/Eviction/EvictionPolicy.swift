/// Which key a full cache gives up.
///
/// Sources: Mattson et al. (1970) for LRU as a stack algorithm; Megiddo and Modha, "ARC", FAST 2003;
/// github.com/ben-manes/caffeine for W-TinyLFU; Yang et al., "S3-FIFO", SOSP 2023 and
/// github.com/1a1a11a/libCacheSim; Zhang et al., "SIEVE", NSDI 2024.
public enum EvictionPolicy: String, Sendable, Hashable, CaseIterable {
  /// The key that came in first goes; a hit changes nothing.
  case fifo
  /// The key that was used longest ago goes.
  case lru
  /// FIFO with a second chance: a key used since it was last looked at goes round once more.
  case clock
  /// The key used least often goes; of several, the one used longest ago.
  case lfu
  /// Two lists, for keys seen once and more often, whose sizes adapt to what was given up too early.
  case arc
  /// A small recency window in front of a segmented LRU that admits by estimated frequency.
  case windowTinyLFU = "w-tinylfu"
  /// A small FIFO for newcomers, a large one for keys used again, and a memory of who left early.
  case s3FIFO = "s3-fifo"
  /// A FIFO whose hand passes over keys used since it came by last, without moving them.
  case sieve
}
