"""Original text for the small tokenizer, and the strings that its users get wrong."""

TRAINING_TEXT = """\
The lighthouse keeper counted the boats as they came home, and on most evenings the count was right. \
When it wasn't, he lit the second lamp and waited; he'd learned that waiting is a kind of work. \
Salt dries on a window in rings, and the rings tell which way the wind blew during the night. \
A loom has a memory: the pattern is kept in the order of the threads, not in the hands of the weaver. \
Glass is made from sand, soda and lime; iron in the sand makes it green, and manganese takes the green away. \
In 1874 the bridge carried 3,200 carts a day; by 1921 it carried 11,450, and nobody had strengthened it. \
"You can't cross," they'd say, "not until we've weighed you, and you'll be weighed twice." \
Bees don't see red, but they see a colour beyond violet that flowers have been painting with all along. \
The committee met on Tuesdays, adjourned on Tuesdays, and I'm told it's still adjourning. \
Rivers straighten nothing. They wander until a flood shortens them, and then they start to wander again. \
Numbers such as 0.5, 12.75, 1/3 and 6.02e23 look alike to a reader in a hurry; units don't forgive it. \
    def area(width, height):
        return width * height  # square metres

    for index in range(10):
        print(index, area(index, index + 1))

Der Leuchtturmwärter zählte die Boote, und an den meisten Abenden stimmte die Zahl. Über Nacht trocknet \
das Salz am Fenster in Ringen; größere Ringe heißen stärkerer Wind. Die Brücke wurde später verstärkt. \
Le gardien du phare comptait les bateaux, et presque tous les soirs le compte était juste. L'été, \
la lumière n'arrivait qu'à dix heures; l'hiver, elle s'allumait après le déjeuner, où que l'on fût. \
El farero contaba los barcos al volver. ¿Cuántos faltaban? Ninguno, decía, mañana será otro día. \
O faroleiro contava os barcos, e não havia razão para duvidar da sua atenção. São três, ou talvez quatro. \
Latarnik liczył łodzie, a kiedy się nie zgadzało, zapalał drugą lampę. Źródło światła było małe. \
Strážce majáku počítal lodě každý večer; příliš žluťoučký papír už dávno vybledl na slunci. \
Fener bekçisi tekneleri sayardı; çoğu akşam sayı doğruydu, şüphe etmek için bir neden yoktu. \
Người gác đèn biển đếm thuyền mỗi chiều, và hầu như lần nào con số cũng đúng. \
Смотритель маяка считал лодки каждый вечер, и почти всегда счёт сходился. Если нет, он зажигал вторую лампу. \
Доглядач маяка рахував човни щовечора; їх було шість, і всі поверталися додому. \
Ο φύλακας του φάρου μετρούσε τις βάρκες κάθε βράδυ και σχεδόν πάντα ο αριθμός ήταν σωστός. \
حارس المنارة يعد القوارب كل مساء، وغالبا ما يكون العدد صحيحا. البحر هادئ والريح خفيفة. \
שומר המגדלור ספר את הסירות בכל ערב, וברוב הערבים המספר היה נכון. \
प्रकाशस्तंभ का रखवाला हर शाम नावें गिनता था, और अक्सर गिनती सही होती थी। हवा धीमी थी। \
বাতিঘরের রক্ষক প্রতিদিন সন্ধ্যায় নৌকা গুনত, আর প্রায়ই সংখ্যা ঠিক থাকত। \
கலங்கரை விளக்கத்தின் காவலர் ஒவ்வொரு மாலையும் படகுகளை எண்ணினார். \
คนเฝ้าประภาคารนับเรือทุกเย็น และส่วนใหญ่จำนวนก็ถูกต้อง ลมพัดเบา \
灯塔的看守人每天晚上数船，多数时候数目都对。如果不对，他就点亮第二盏灯，然后等待。 \
灯台守は毎晩、船を数えた。たいてい数は合っていた。合わないときは、二つ目のランプをともして待った。 \
등대지기는 매일 저녁 배를 세었고, 대개 숫자가 맞았다. 맞지 않으면 두 번째 등을 켜고 기다렸다. \
შუქურის მცველი ყოველ საღამოს ნავებს ითვლიდა. Փարոսի պահապանը հաշվում էր նավակները։ \
Emoji travel too: ⛵ 🌊 🌙 👩‍🚀 👍🏽 🇫🇷 🇯🇵 and ☕️, mixed with → arrows, ∑ sums, ½ halves and “quotes” — or ‘these’ … \
The weights of a small model fit in a pocket; quantized to four bits they fit in a smaller one. The error is \
bounded by the step, the step by the largest weight in its block, and the block by the patience of its reader. \
A table of results without its recipe is a rumour with digits. The perplexity of a text depends on the window, \
on the stride, on the tokens that were scored, and on how the average was taken. Report all of these together.
"""

# First a block of Latin text, which every random string also draws on.
UNICODE_RANGES = [
    (0x20, 0x7E), (0x00, 0x1F), (0x7F, 0xFF), (0x100, 0x24F), (0x250, 0x2AF), (0x2B0, 0x36F),
    (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0x700, 0x7BF),
    (0x900, 0x97F), (0x980, 0x9FF), (0xA00, 0xA7F), (0xB80, 0xBFF), (0xD00, 0xD7F), (0xE00, 0xE7F),
    (0xF00, 0xFFF), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137F),
    (0x13A0, 0x13FF), (0x1680, 0x16FF), (0x1780, 0x17FF), (0x1800, 0x18AF), (0x1D00, 0x1DFF),
    (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x20D0, 0x20FF),
    (0x2100, 0x218F), (0x2190, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x27BF),
    (0x2C00, 0x2DFF), (0x2E80, 0x2FDF), (0x3000, 0x30FF), (0x3100, 0x33FF), (0x3400, 0x34FF),
    (0x4E00, 0x9FFF), (0xA000, 0xA4CF), (0xA640, 0xA7BF), (0xA8E0, 0xA8FF), (0xAC00, 0xD7A3),
    (0xE000, 0xE0FF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFE6F), (0xFF00, 0xFFEF),
    (0x10000, 0x100FF), (0x10100, 0x101CF), (0x10330, 0x1034F), (0x10900, 0x1091F),
    (0x11000, 0x1107F), (0x12000, 0x120FF), (0x13000, 0x130FF), (0x16F00, 0x16F9F),
    (0x1D000, 0x1D0FF), (0x1D400, 0x1D7FF), (0x1EE00, 0x1EEFF), (0x1F000, 0x1F0FF),
    (0x1F100, 0x1F2FF), (0x1F300, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x200FF),
    (0xE0001, 0xE007F), (0xE0100, 0xE01EF), (0x100000, 0x1000FF),
]

# Grouped by what they try. Every line ends in whole strings, so that a failure names its case.
CONTRACTIONS = [
    "I'm you're he's we've they'll she'd don't", "I'M YOU'RE HE'S WE'VE THEY'LL SHE'D DON'T",
    "I'm'm", "'s", " 's", "'S", "'re're", "'ll'l", "''s", "it's's", "'sting", "'tis the 'twas",
    "don\u2019t it\u2019s", "o'clock rock'n'roll y'all'd've", "'v've'", "'d", "x'dy", "5's 5's5",
    "'ſ 'K", "\n's", "!'s", "can 't", "'Re 'rE", "'l", "e\u0301's",
]
SPACES = [
    "", " ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", "\r", " \n", "\n ", " a", "  a", "   a", "a ",
    "a  ", "a   b", "a \n b", "a\n\n\nb", "a\t\tb", "\ta", " \ta", "\t a", "a \t", "  \n  \n  x",
    "trailing spaces   ", "   leading spaces", "a\r\nb\r\n", "a \r\n b", "x\n  ", "x  \ny", "a\x0bb\x0cc",
    "  1", "  !", "  'm", "   \u00e9", "\n\t\n\t ", " " * 17 + "a", "\n" * 9, "a" + " " * 40 + "b",
]
UNICODE_SPACES = [
    "\u00a0", "a\u00a0b", "a \u00a0b", "a\u00a0 b", "\u3000", "\u3000\u5b57", "\u5b57\u3000\u3000\u5b57",
    "a\u2028b", "a\u2029b", "\u2028\u2028x", "a\u0085b", " \u0085 x", "a\u2003b", "\u2003 \u2003x",
    "a\u1680b", "a\u202f1\u202f000", "a\u205fb", "a\u200bb", "\u200b \u200b", "\ufeffBOM", "a\ufeff b",
    "a\u180eb", "\u2060x", "a\x1cb\x1dc\x1ed\x1fe", "  \u00a0  x", "x \u3000",
]
MARKS = [
    "e\u0301", "\u00e9", "cafe\u0301 caf\u00e9", "a\u0300\u0301\u0302\u0303", "\u0301", " \u0301a",
    "Z\u0351\u036b\u0343\u036aa\u0302l\u034dg\u0335o\u0321", "n\u0303o nin\u0303o", "\u200d", "a\u200db\u200cc",
    "\u1100\u1161\u11a8", "\u0e33\u0e4d\u0e32", "i\u0307\u0130\u0131I", "\ufb01\ufb02 \u0149 \ufb03x",
    "A\u030a\u212b\u00c5", "\u0660\u0301", "1\u20e3 2\ufe0f\u20e3", "q\u0307\u0323 q\u0323\u0307",
]
SCRIPTS = [
    "مرحبا بالعالم، كيف الحال؟", "اَلْعَرَبِيَّةُ", "نامه\u200cای به فارسی", "לְשׁוֹן הַקֹּדֶשׁ", "नमस्ते दुनिया।", "क्षत्रिय ज्ञान श्री",
    "สวัสดีชาวโลก น้ำใจ", "வணக்கம் உலகம்", "你好，世界！", "天地玄黄宇宙洪荒", "こんにちは、世界。カタカナ ﾊﾝｶｸ", "日本語とEnglishの混在",
    "안녕하세요 세계", "ㄱㄴㄷ ㅏㅑㅓ", "Здравствуй, мир! Ёж", "Γειά σου Κόσμε ς σ Σ", "Ⴀⴀა აბგ", "Հայերեն՝ և", "አማርኛ ሰላም", "ᏣᎳᎩ ꮳꮃꭹ",
    "བོད་ཡིག", "မြန်မာ", "ភាសាខ្មែរ", "ᠮᠣᠩᠭᠣᠯ", "ꦧꦱꦗꦮ", "𐌰𐌱𐌲 𐎀𐎁", "𓀀𓀁𓂀", "straße STRASSE ẞ", "ǆ ǅ Ǆ", "ʰʲʷ ˈaˌb", "ªº",
    "\u202eabc\u202c", "abc שלום 123 مرحبا",
]
EMOJI = [
    "😀", "😀😀 😀", "👨‍👩‍👧‍👦", "👩🏽‍🚀 ok", "🏳️‍🌈", "🇫🇷🇯🇵🇧🇷", "🇫 🇷", "❤️ ❤", "☕️☕", "a😀b", " 😀", "😀 ", "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "👍🏻👍🏿", "🫠🥹", "©®™", "♠♥♦♣", "1️⃣#️⃣",
]
NUMBERS = [
    "0", "1234567890", " 42", "3.14159", "1,000,000", "-1", "1e-5", "0x1F600", "٠١٢٣٤", "०१२३", "๑๒๓", "１２３", "²³¹ x²", "½⅓¼ 1½",
    "ⅠⅡⅢⅣ ⅷ", "①②③ ㊿", "〇一二三", "𝟎𝟏𝟐 𝟘𝟙", "a1b2c3", "1st 2nd", "৳১২৩", "𐄇𐄈", "①a", "9" * 60, "1 2  3   4", "४2",
]
PUNCTUATION = [
    "!", "!!!", "...", " ...", "?!?!", "(a)", "[[b]]", "{c: d}", "a-b--c---d", "a_b __init__", "$1.00 £2 €3 ¥4", "50%", "a/b\\c",
    "\"quoted\"", "“curly” ‘single’ «guillemets»", "#hashtag @user", "a&b", "x=y+z*w^2", "~`|", "---\n***\n===", "<b>bold</b>",
    "https://example.org/a?b=c&d=%20#e", "me@example.org", "C:\\dir\\file.txt", "、。「」『』", "…—–‐", "‽⸘", "∀x∈ℝ: ⌈x⌉≥x", "→←↑↓ ⇒",
    "=" * 50, "-" * 33, "." * 100, "a.b.c.d",
]
SPECIAL = [
    "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ", "<|endoftext|><|endoftext|>", "a <|endoftext|>\n\nb",
    "<|endoftext|", "<|ENDOFTEXT|>", "<|endoftext |>", "<|<|endoftext|>|>", "  <|endoftext|>  x", "it<|endoftext|>'s",
    "<|endofText|>", "endoftext", "<|im_start|>", "</s><s><unk><pad>",
]
UNUSUAL = [
    "\x00", "a\x00b", "\x01\x02\x03", "\x7f", "\x1b[31mred\x1b[0m", "\x80\x9f", "\xad", "soft\xadhyphen", "\ufffd", "\ufffd\ufffd ",
    "\ue000\uf8ff", "\U000f0000", "\U0010fffd", "\ufffe", "\uffff", "\U0001fffe\U0001ffff", "\u0378", "\ufdd0", "\U0010ffff",
    "\U000e0001\U000e0041", "\ufff9\ufffa\ufffb", "ÃƒÂ©", "Ġ", "Ġhello ĊĠ", "ĉ Ċ č", "ÿþ", "Ā Ń", "𝓗𝓮𝓵𝓵𝓸 𝕎𝕠𝕣𝕝𝕕", "𝒜ℬ𝒞 𝖆𝖇𝖈", "Ａｂｃ！",
    "🄰🅐ⓐ", "𠀀𠀁 𪛖", "豈更車", "﷽", "\u0344\u0387\u037e", "K Å Ω",
]
LONG = [
    "a" * 300, "ab" * 100, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "pneumonoultramicroscopicsilicovolcanoconiosis", "x" * 1000, "字" * 80, "é" * 90, "aA" * 60, "the" * 40, "ACGT" * 40,
    "The quick brown fox jumps over the lazy dog. " * 6, "camelCaseAndPascalCase_and_snake_case",
    "{\"key\": [1, 2.5, null], \"other\": \"value\"}\n", "def f(x):\n    return x ** 2\n\n\nprint(f(3))\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n", "Mixed: English, русский, 中文, العربية, हिन्दी, 한국어 & emoji 🎉!\n\n\tEnd. ",
    " = Heading = \n \n The @-@ text , with <unk> tokens 1 @.@ 5 \n",
]
NASTY = (
    CONTRACTIONS + SPACES + UNICODE_SPACES + MARKS + SCRIPTS + EMOJI + NUMBERS + PUNCTUATION
    + SPECIAL + UNUSUAL + LONG
)
