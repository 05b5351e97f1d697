import ArgumentParser
import Cells
import Diagnostics
import Foundation
import GPT2
import InputLimits
import SafeFiles
import Tokenization

/// Lets a model continue a text.
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Lets a model continue a prompt.",
    discussion: """
      The prompt and what follows go to standard output as they come, how many tokens a second to \
      standard error. Without --temperature the most likely token is taken each time, as transformers \
      does without do_sample. The text ends where the model ends it: by eos_token_id of \
      generation_config.json or config.json, or by the tokenizer's.

      Examples:
        quantbook generate starter "The weather in the mountains"
        quantbook generate gpt2 "Once upon a time" --tokens 100 --temperature 0.8 --top-p 0.95
        quantbook generate starter "The sea" --scheme nf4
        quantbook generate starter - --no-echo < prompt.txt

      The cell generate puts what models write beside each other: quantbook help cell generate.
      """)

  @OptionGroup var source: ModelOptions

  @Argument(help: "The text to continue; - reads it from standard input.")
  var prompt: String

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("The most tokens to add.", valueName: "number"))
  var tokens = 64

  @Option(
    help: ArgumentHelp(
      "Divides the logits before a token is drawn; 0 takes the most likely one.",
      valueName: "number"))
  var temperature = 0.0

  @Option(
    name: .customLong("top-k"),
    help: ArgumentHelp("Draw from so many of the most likely tokens.", valueName: "number"))
  var topK: Int?

  @Option(
    name: .customLong("top-p"),
    help: ArgumentHelp(
      "Draw from the most likely tokens that together reach this probability.",
      valueName: "share"))
  var topP: Double?

  @Option(
    help: ArgumentHelp(
      "Of what is drawn: a whole number from 0 on; 0 unless given.", valueName: "number"))
  var seed: UInt64?

  @Flag(name: .customLong("no-echo"), help: "Leave the prompt out of the output.")
  var hidesPrompt = false

  @OptionGroup var quantization: SchemeOptions
  @OptionGroup var engine: EngineSettings
  @OptionGroup var diagnostics: DiagnosticOptions

  @Flag(name: .shortAndLong, help: "Show no progress and no speed.")
  var quiet = false

  func validate() throws {
    guard tokens >= 1 else { throw ValidationError("--tokens is at least 1") }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature is a number from 0 on")
    }
    guard topK.map({ $0 >= 1 }) ?? true else { throw ValidationError("--top-k is at least 1") }
    guard topP.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--top-p is above 0 and at most 1")
    }
    guard temperature > 0 || (topK == nil && topP == nil && seed == nil) else {
      throw ValidationError(
        "--top-k, --top-p and --seed need --temperature: without it nothing is drawn")
    }
  }

  func run() async throws {
    try engine.apply(diagnostics)
    let line = ProgressLine(isShown: !quiet && diagnostics.form == .text)
    do {
      try await Interruption.ending(diagnostics.form) { [self] in
        defer { line.clear() }
        let text = try readPrompt()
        var model = try await source.load(line)
        if let scheme = quantization.selected {
          try quantization.checkMemory(model, scheme)
          let quantized = try model.quantized(by: scheme) { line.update(.init($0)) }
          model = quantized.model
          line.clear()
          if let remark = quantized.secondQuantization { diagnostics.remark(remark) }
        }
        line.clear()
        try write(model, after: text)
      }
    } catch let error as Diagnostic {
      diagnostics.show([error])
      throw ExitStatus.of([error])
    }
  }

  private func readPrompt() throws(Diagnostic) -> String {
    guard prompt == "-" else { return prompt }
    do throws(FileError) {
      let bytes = try BoundedReader.standardInput(name: "<stdin>", limit: .notebookBytes)
      return try BoundedReader.text(of: bytes, path: "<stdin>")
    } catch {
      throw Diagnostic(.invalidCorpus, error.description, at: nil)
    }
  }

  private func write(_ model: GPT2Model, after text: String) throws {
    let tokenizer = try tokenizer(of: model)
    let prompt = try tokenizer.encode(text, addingTemplate: true)
    let context = model.config.contextLength
    guard !prompt.isEmpty else {
      throw Diagnostic(.outOfRange, "the prompt is empty", at: nil)
    }
    guard prompt.count < context else {
      throw Diagnostic(
        .impossibleSetting,
        "the prompt has \(counted(prompt.count)), and the context of '\(model.name)' is \(context): nothing "
          + "can follow it", at: nil, help: "shorten it to less than \(context) tokens")
    }
    guard prompt.count + tokens <= context else {
      throw Diagnostic(
        .impossibleSetting,
        "a prompt of \(counted(prompt.count)) and \(tokens) more do not fit in the context of "
          + "\(context)", at: nil, help: "give --tokens \(context - prompt.count), or less")
    }
    var stream = TextStream()
    var timing = Timing()
    let sampling = Sampling(temperature: temperature, topK: topK, topP: topP, seed: seed ?? 0)
    do {
      let ends = try model.endTokens(of: tokenizer)
      if !hidesPrompt { Terminal.print(text, isContents: true) }
      let session = try GPT2Session(model, capacity: prompt.count + tokens)
      timing = Timing()
      let continuation = try session.generate(
        after: prompt, count: tokens, by: sampling, endingAt: ends
      ) { token in
        timing.count()
        Terminal.print(stream.add(tokenizer.bytes(of: token)), isContents: true)
      }
      Terminal.print(stream.rest + "\n", isContents: true)
      try tell(continuation, timing, prompt: prompt.count)
    } catch let error as CancellationError {
      // What was written stays, and messages start at the margin.
      Terminal.print(stream.rest + "\n", isContents: true)
      if timing.tokens > 0, !quiet { tell(timing, prompt: prompt.count) }
      throw error
    } catch let error as GPT2Error {
      throw Diagnostic(.cellFailed, error.description, at: nil)
    }
  }

  private func tokenizer(of model: GPT2Model) throws(Diagnostic) -> Tokenizer {
    do throws(TokenizerError) {
      if let tokenizer = try model.tokenizer() { return tokenizer }
    } catch {
      throw .unusable(error, at: nil)
    }
    throw Diagnostic(
      .invalidModel, "'\(model.name)' has no tokenizer, so that it can read no prompt", at: nil,
      help: model.isRandom
        ? "random weights have none, and would write nothing of sense"
        : "a GGUF file has one under tokenizer.ggml, if it was converted with it")
  }

  /// How long tokens took, since it was made.
  private struct Timing {
    private let start = ContinuousClock.now
    private var firstToken: ContinuousClock.Instant?
    private var lastToken = ContinuousClock.now
    private(set) var tokens = 0

    mutating func count() {
      lastToken = .now
      firstToken = firstToken ?? lastToken
      tokens += 1
    }

    /// Of the prompt, with which the first token comes; none where no token came.
    var reading: Duration { (firstToken ?? .now) - start }

    /// Tokens a second after the first.
    var rate: Double? {
      let decoding = (lastToken - (firstToken ?? lastToken)) / .seconds(1)
      return tokens > 1 && decoding > 0 ? Double(tokens - 1) / decoding : nil
    }
  }

  /// - Throws: `ExitStatus.failed` where logits are not finite: what came is no text of the model's.
  private func tell(_ continuation: Continuation, _ timing: Timing, prompt: Int) throws {
    let isFinite = continuation.end != .notFinite
    if !isFinite {
      diagnostics.warn("logits are not finite: no token is more likely than another")
    }
    if !quiet {
      let end = continuation.end == .endOfText ? ", where the model ended its text" : ""
      tell(timing, prompt: prompt, end)
    }
    if !isFinite { throw ExitStatus.failed }
  }

  private func tell(_ timing: Timing, prompt: Int, _ end: String = "") {
    let speed = timing.rate.map { String(format: ", %.1f tokens a second", $0) } ?? ""
    diagnostics.tell(
      "\(counted(timing.tokens))\(speed)\(end); prompt of \(counted(prompt)) in "
        + String(format: "%.0f ms", timing.reading / .milliseconds(1)))
  }

  private func counted(_ tokens: Int) -> String { tokens == 1 ? "1 token" : "\(tokens) tokens" }
}
