import Markdown
import Testing

@Suite struct HTMLPlaceFinderTests {
  /// The place of `*`.
  private func place(in html: String) -> HTMLPlace? {
    var finder = HTMLPlaceFinder()
    return finder.places(in: html.replacing("*", with: Placeholders.token(7)))[7]
  }

  @Test(
    "where a token stands",
    arguments: [
      ("*", .text), ("a < * b", .text), ("<b>*</b>", .text), ("1 <2 * > 3", .text),
      ("<b title=\"x*\">", .attribute("title")), ("<b\nTitle = '*'>", .attribute("title")),
      ("<b title='>' id=\"*\">", .attribute("id")), ("<b/title=\"*\">", .attribute("title")),
      ("<b hidden title=\"*\">", .attribute("title")), ("<b hidden>*", .text),
      ("<b title=*>", .unquotedAttribute("title")), ("<b title=a*>", .unquotedAttribute("title")),
      ("<b title=\"a\" *>", .name), ("<b *=\"a\">", .name), ("<b ti*le=\"a\">", .name),
      ("<b hidden *>", .name), ("<*>", .name), ("</*>", .name), ("<b*>", .name), ("</b*>", .name),
      ("<script>*</script>", .script("script")), ("<STYLE media=a>p{*}", .script("style")),
      ("<script>a</scrip>*", .script("script")), ("<script></script >*", .text),
      ("<script/>*", .script("script")), ("</script>*", .text), ("<scripts>*", .text),
      ("<script src=\"*\">", .attribute("src")), ("<script>\"<b>\" </script>*", .text),
      ("<!-- * -->", .comment), ("<!-- a -- > * -->", .comment), ("<!-- a --> *", .text),
      ("<!DOCTYPE *>", .comment), ("<?a * ?>", .comment), ("<!a>*", .text),
      ("<!-- <script> -->*", .text), ("<<b title=\"*\">", .attribute("title")),
    ] as [(String, HTMLPlace)])
  func places(html: String, expected: HTMLPlace) { #expect(place(in: html) == expected) }

  @Test("a script that one piece opens lasts until another closes it")
  func pieces() {
    var finder = HTMLPlaceFinder()
    #expect(finder.openScript == nil)
    #expect(finder.places(in: "<script>").isEmpty)
    #expect(finder.openScript == "script")
    #expect(finder.places(in: Placeholders.token(0)) == [0: .script("script")])
    _ = finder.places(in: "</script>")
    #expect(finder.openScript == nil)
  }
}
