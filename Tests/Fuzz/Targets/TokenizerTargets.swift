import Foundation
import SafeFiles
import StarterModel
import Tokenization

extension FuzzTarget {
  /// `tokenizer.json`, and texts that are read with what it makes.
  static let tokenizerFile = FuzzTarget("tokenizer-file", longest: 8192) { bytes in
    try Scratch.withFolder(["tokenizer.json": bytes]) { folder in
      guard let tokenizer = try? Tokenizer(directory: folder) else { return }
      try TokenizerPromises.check(tokenizer)
    }
  }

  /// `vocab.json`, a zero byte, `merges.txt`, another, `tokenizer_config.json`.
  static let vocabulary = FuzzTarget("vocabulary", longest: 8192) { bytes in
    let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count > 1 else { return }
    try Scratch.withFolder([
      "vocab.json": Array(parts[0]), "merges.txt": Array(parts[1]),
      "tokenizer_config.json": parts.count > 2 ? Array(parts[2]) : Array("{}".utf8),
    ]) { folder in
      guard let tokenizer = try? Tokenizer(directory: folder) else { return }
      try TokenizerPromises.check(tokenizer)
    }
  }

  /// Any bytes, by the starter model's tokenizer, which is GPT-2's: none is lost.
  static let tokenization = FuzzTarget("tokenization", longest: 512) { bytes in
    let tokenizer = try TokenizerPromises.starter.get()
    for parsesSpecial in [false, true] {
      let tokens = try bytes.withUnsafeBufferPointer {
        try tokenizer.encode($0, parsingSpecialTokens: parsesSpecial)
      }
      try require(tokenizer.decodeBytes(tokens) == bytes, "\(tokens) are other bytes")
      try require(tokens.count <= bytes.count, "more tokens than bytes")
    }
  }
}

/// What holds of every tokenizer.
enum TokenizerPromises {
  static let starter = Result { try Tokenizer(directory: StarterModel.directory.path) }

  private static let texts = [
    "", "The cat's 12 hats.", "  a\u{301}\n\t\u{1F44D}\u{1F3FD} <|endoftext|>ab abc",
    "\u{0}\u{FFFD}\u{AC00}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  ]

  static func check(_ tokenizer: Tokenizer) throws {
    for text in texts {
      guard let tokens = try? tokenizer.encode(text, addingTemplate: true) else { continue }
      for token in tokens {
        try require(
          token >= 0 && Int(token) < tokenizer.vocabularySize,
          "token \(token) of \(tokenizer.vocabularySize)")
      }
      _ = tokenizer.decode(tokens)
    }
    try require(
      tokenizer.decodeBytes([-1, Int32(clamping: tokenizer.vocabularySize), .max]).isEmpty,
      "numbers that are no tokens have bytes")
    for token in tokenizer.specialTokens.values {
      try require(Int(token) < tokenizer.vocabularySize, "the special token \(token) is none")
    }
    guard let tables = tokenizer.tables else { return }
    try require(tables.tokens.count == tokenizer.vocabularySize, "tables of another size")
  }
}
