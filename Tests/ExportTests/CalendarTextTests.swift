import Testing

@testable import Export

/// Dates against known ones.
@Suite struct CalendarTextTests {
  @Test(arguments: [
    (0, "1970-01-01 00:00 UTC"), (-1, "1969-12-31 23:59 UTC"),
    (951_782_400_000, "2000-02-29 00:00 UTC"), (951_868_799_999, "2000-02-29 23:59 UTC"),
    (951_868_800_000, "2000-03-01 00:00 UTC"), (1_767_254_400_000, "2026-01-01 08:00 UTC"),
    (4_107_542_399_999, "2100-02-28 23:59 UTC"), (4_107_542_400_000, "2100-03-01 00:00 UTC"),
    (253_402_300_799_999, "9999-12-31 23:59 UTC"),
  ])
  func minutes(milliseconds: Int, text: String) {
    #expect(CalendarText.minute(milliseconds) == text)
  }
}
