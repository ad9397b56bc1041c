import Patterns

/// The keys of the issuer in simulations: made for this program, and secret to nobody.
enum IssuerKeys {
  /// The two keys that an issuer of `algorithm` signs with, the first before its rotation.
  static func signers(_ algorithm: SigningAlgorithm) -> [TokenSigner] {
    switch algorithm {
    case .hs256: sharedSecrets
    case .rs256: rsa
    case .edDSA: ed25519
    case .es256:
      preconditionFailure("ECDSA has chance in it: tokens are verified with it, not issued")
    }
  }

  /// The key of somebody who is not the issuer.
  static let stranger = signer("1", .ed25519([UInt8](repeating: 0x77, count: 32)))

  private static let sharedSecrets = [
    signer("1", .shared(Array("a secret of 32 bytes, for key 1.".utf8))),
    signer("2", .shared(Array("a secret of 32 bytes, for key 2.".utf8))),
  ]

  private static let ed25519 = [
    signer("1", .ed25519((0..<32).map { UInt8($0) })),
    signer("2", .ed25519((32..<64).map { UInt8($0) })),
  ]

  private static let rsa = [signer("1", firstRSA), signer("2", secondRSA)]

  private static func signer(_ id: String, _ secret: TokenSigner.Secret) -> TokenSigner {
    guard let signer = TokenSigner(id: id, secret) else {
      preconditionFailure("key \(id) of the issuer in simulations is damaged")
    }
    return signer
  }

  private static let firstRSA = TokenSigner.Secret.rsa(
    TokenSigner.RSAParts(
      n:
        "i0F-D0IvAmujtsBGjKPKfHbEnsjM8qOmAUM5eqhpgR4CmJaOl9hGrKtKBn2ff7V7Bh5LLdgzmUAdYKo9aM2Tj1"
        + "MVqXTcNBbtHGCYoCTZsVmi5fS9dMyds4GnPsPm8wMog6PO98BCYQYjZ0r0y9FpEzNds7lGWTMbKDMB62-pj4FQ"
        + "BF-9J2jDMNyj8JYAt1v_hathoIxIgz1H2sK9XOvn3FiLGMzD3wX0hr7IlPLK-g41NpzRChYQ2zpoimNVuC-PZJ"
        + "vEZnhU2NK_PKLXQEYQy7EBZr6jHj8hwloxV8BbZrS4BM0K2qN10ch0DzO3lHx17jE_zXAzvcQ5OloWnZV2pw",
      e: "AQAB",
      d:
        "FO4A_lYaLqjy8DKx581uT4qiPqM7enRyLNpntzG8ubVC-qAWSmgtJyKPe65B3LXwCZlf_0Hxb2UdhTvRAwFy3i"
        + "XEqbVwqzuO46b5CYjAV1F7lEhWeUmPoj0oX9ydx4SAAFkMcFwrHd4IUCwJ4uBUhJhByxNbqWhu-nnAHhyoRXMX"
        + "QJ4OdezB3ySVYVylQNtWnp45Dhod9lXYDfntlN7cTAQcMREgheYYJr-0L4mXhNFHTXgrMJH0-kmwzRo39rTs9S"
        + "-2utHnfqptEjTUqn2uSNxU1gDd6-z4Aej09hqLdWtHteYhaEycHrq64R9A7cuurpny5EzTgGdZCNO39PjPUQ",
      p:
        "xHkmLHYSXeluF8zC3LBOLDJMJoPf0lnV7txn3rq9DcDbkIswGEAkdCV6EIPwkHifuHLm_X6LSd__GVnnK3gvbE"
        + "ZYujcJcDs4b4FPXOQB-Sl5vPp3m2kKwyXJZGD-ZezFU5KFGDvsOwMnxKsC4nfmhukHe7qQaEFGBJiYzHa9qks",
      q:
        "tXJy0Z2oUicxTT71HpUmr3X39KvLmIIwp6S-DvQyC1yBFGiRdBRkEruc533cJuYLJqqrdxsh1455CGymqB7rGB"
        + "h5hEWPX0Xc9M2FgwG1Vf7GlUtvG8BbaHcC35jX2o1Am3ZW75gP2B1oJDGPH0-3wpH1sgfCBAIcV6lgYQ6Ma5U"))

  private static let secondRSA = TokenSigner.Secret.rsa(
    TokenSigner.RSAParts(
      n:
        "s2xbD1YpsO37YOBdR5M2-Gjv0XzovHqJfmePtQ4aAHnhanSgIDXJm_9Ek-IN-OiWljbeE6Dd8INyHzNoIDaobr"
        + "pMB74T-ksRePYea3sYso6xRr3wIfGGQXkRm1M-f7sb89hLdu-rYYROGjEgBiPLAefxuwjT1ZmeM8tk3OYMuie4"
        + "2LvfFdP49TnMvGU9oHiNff3F1Nq_jEv4mZYYZ8z7cFQVxGk4ejgAU4UPwaU3gABH9Nayn5YPoDAOxIUnttTHi4"
        + "GSd4IYaT-hz0ZmJLRsW6EgwH8N3udJWa7zsXcZt9aw7JA56Ng3hPapqr11L8updVx4f-5ruoYwU_1zjgl_1Q",
      e: "AQAB",
      d:
        "DK6QvCOGtF0J2tXY-gVnigTeyJOX3rSZkc_vmihKQbTbsDrYk5ZBrw9KsVo1yx1jgXAU39XLwiOEVjy7tCUw4A"
        + "y2cYinoFYcgMyCp22ut_Y6hQnJVpjb-LY-PpiSbxRSXDiyUtCLcEvZ-mN1BEIU6AhVL3dnA67FPht3AF8ZULH-"
        + "JCzXGitgmEebQ4R368YLdwt07lV7elZ8TzmsbNO93CmPTSCfY_cLSQdIiQuwQsa1PsokJ4OqyMybdJJ9IIW11U"
        + "m946Nkaceks9_1mPbWwJLI8kKqV__Ny6vQ6onlPexusRu2UQ016XljWtrYWpV7HacFVAOgNTpZP7LJMrN9MQ",
      p:
        "6seboaIhVnmpSKZ23FXRu4bdcey3C19jkamdqZz1JoEye_K2MNS_D6Cc2lff0d0jLmp0emuBt3M0xSCLenASE8"
        + "KCyVJWclhMBX4x0oodDZ2vXyFilb1VeCxQsJxCUVwzo_P_cYtEDdH1N25rAFlw2wkdAljQUw2cb5-AUu-y6rE",
      q:
        "w6Plb9bJ32rLW06pUP0sIhSWMecmRSwfUDK3o_FzOc-0MUoVe6Rl_AKi7kh5vIq6gLvWioL6zzfAGVC_7ZOIQQ"
        + "ctgJNPtMHSvi3eJ_rkwaEUjuZa5hlMoxLyDIRXEp25UOOZEA6Tiw04-BZRCR3SNWMw1M42hmJNdyUk3I-LaGU"))
}
