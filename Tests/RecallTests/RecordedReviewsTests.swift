import Foundation
import Recall
import Testing

/// The scheduler against py-fsrs: every card of every recorded file.
@Suite struct RecordedReviewsTests {
  @Test(
    .enabled(if: !RecordedReviews.files.isEmpty, "no fsrs6-reviews-*.json in the data folder"),
    arguments: RecordedReviews.files)
  func `agrees with py-fsrs`(file: URL) throws {
    let recorded = try RecordedReviews.read(file)
    #expect(!recorded.cards.isEmpty)
    for (number, card) in recorded.cards.enumerated() {
      let scheduler = try recorded.scheduler(for: card)
      let first = try RecordedReviews.seconds(card.reviews[0].at)
      var state = CardState.new(dueSeconds: first)
      for (place, review) in card.reviews.enumerated() {
        let rating = try #require(Rating(rawValue: review.rating))
        state = scheduler.review(
          state, rating, atSeconds: try RecordedReviews.seconds(review.at))
        let at = "card \(number), review \(place) of \(file.lastPathComponent)"
        let memory = try #require(state.memory)
        #expect(state.phase.word == review.state.lowercased(), "\(at)")
        #expect(state.dueSeconds == (try RecordedReviews.seconds(review.due)), "\(at)")
        #expect(isNear(memory.stabilityDays, review.stability), "stability of \(at)")
        #expect(isNear(memory.difficulty, review.difficulty), "difficulty of \(at)")
      }
    }
  }

  private func isNear(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-9 * abs(expected)
  }
}
