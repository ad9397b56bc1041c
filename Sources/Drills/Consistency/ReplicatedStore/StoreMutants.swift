/// The deliberate bugs of replicated stores.
enum StoreMutants {
  static let all: [Mutant] = []
}
