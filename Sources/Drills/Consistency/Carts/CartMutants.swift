/// The deliberate bugs of shopping carts.
enum CartMutants {
  static let all: [Mutant] = [
    Mutant(
      "drops-siblings", title: "keeps the latest sibling and drops the others",
      summary: "A device that finds several versions takes the one with the latest timestamp, and "
        + "writes it with the context of all: what stood only in the others is gone.",
      settings: ["store": "siblings", "think": "300ms"],
      caughtBy: .finding("no confirmed addition is lost")),
    Mutant(
      "forgets-tombstones", title: "removes a deleted cart and remembers nothing",
      summary: "A replica that missed the deletion still has the cart, and gives it to the others.",
      settings: ["devices": "1", "checkout.at": "20s", "hint.window": "2s"],
      faults: ["at 12s crash n3 for 15s"], caughtBy: .finding("nothing taken out comes back")),
  ]
}
