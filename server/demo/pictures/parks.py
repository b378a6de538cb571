"""Scenes of corners, parks and the river: rubbish, floods, branches, swings, benches."""

from math import cos, pi, sin

from server.demo.pictures.brush import HEIGHT, WIDTH, Canvas, hexed, mixed

BLACK = (0, 0, 0)
WHITE = (255, 255, 255)


def overflowing_bin(seed: int) -> bytes:
    """A lane's corner: bags heaped around a full bin, a wall, a wire."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#c9a58b"), hexed("#b98f74")], 0, 640)
    for row in range(22):
        for column in range(16):
            left = column * 84 - (row % 2) * 42
            tone = mixed(hexed("#a8674c"), hexed("#c98a68"), canvas.random.random())
            canvas.box(left, row * 30, left + 80, row * 30 + 26, tone)
    canvas.box(0, 600, WIDTH, 646, hexed("#8d857b"))
    canvas.gradient([hexed("#8f8a82"), hexed("#777269"), hexed("#69645c")], 646, HEIGHT)
    canvas.shade([[(0, 0), (430, 0), (240, HEIGHT), (0, HEIGHT)]], 0.3, 80)
    canvas.line([(1010, 760), (1010, 0)], hexed("#6d6c69"), 46)
    canvas.box(985, 260, 1035, 360, hexed("#e6d25a"))
    for band in range(4):
        canvas.shape(
            [
                (987, 360 - band * 26),
                (1035, 340 - band * 26),
                (1035, 350 - band * 26),
                (987, 372 - band * 26),
            ],
            hexed("#2c2c2c"),
        )
    canvas.shade([[(430, 800), (940, 780), (980, 850), (400, 866)]], 0.5, 30)
    canvas.shape([(520, 420), (780, 420), (752, 830), (548, 830)], hexed("#4b6b57"))
    for stave in (560, 610, 660, 710):
        canvas.line([(stave, 450), (stave + (650 - stave) * 0.1, 820)], hexed("#3c5747"), 10)
    canvas.round_box(506, 396, 794, 436, 14, hexed("#5f8a70"))
    _bag(canvas, 600, 380, 96, hexed("#f1efe8"))
    _bag(canvas, 714, 370, 84, hexed("#26282b"))
    for x, ground, size, code in (
        (430, 800, 118, "#26282b"),
        (300, 826, 96, "#f1efe8"),
        (842, 806, 116, "#7fb6d9"),
        (930, 842, 86, "#26282b"),
        (520, 850, 84, "#e2c35a"),
        (700, 858, 92, "#f1efe8"),
    ):
        _bag(canvas, x + canvas.random.uniform(-16, 16), ground, size, hexed(code))
    for _ in range(26):
        aside, low = canvas.random.uniform(140, 1120), canvas.random.uniform(820, 890)
        turn = canvas.random.uniform(0, pi)
        canvas.shape(
            [(aside + cos(turn + a) * 18, low + sin(turn + a) * 9) for a in (0, 1.4, 3.1, 4.6)],
            canvas.random.choice([hexed("#e8e4da"), hexed("#c4342b"), hexed("#d7b98c")]),
        )
    return canvas.photograph()


def _bag(
    canvas: Canvas, x: float, ground: float, size: float, colour: tuple[int, int, int]
) -> None:
    """A rubbish bag with a knot and folds."""
    canvas.disc(x, ground - size * 0.42, size, mixed(colour, BLACK, 0.12), size * 0.62)
    canvas.disc(x - size * 0.1, ground - size * 0.5, size * 0.82, colour, size * 0.54)
    canvas.shape(
        [
            (x - size * 0.2, ground - size * 0.96),
            (x + size * 0.22, ground - size * 0.98),
            (x + size * 0.08, ground - size * 1.22),
            (x - size * 0.16, ground - size * 1.2),
        ],
        colour,
    )
    canvas.disc(x, ground - size, size * 0.15, mixed(colour, BLACK, 0.25), size * 0.09)
    for fold in (-0.5, -0.2, 0.15, 0.48):
        canvas.line(
            [
                (x + fold * size * 0.3, ground - size * 0.9),
                (x + fold * size * 1.1, ground - size * 0.25),
            ],
            mixed(colour, BLACK, 0.16 if sum(colour) > 200 else 0.4),
            5,
        )


def flooded_drain(seed: int) -> bytes:
    """Rain, a gully full of leaves, and the street under water."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#5f6d79"), hexed("#83909a"), hexed("#9aa5ac")], 0, 420)
    canvas.blocks_of_flats(420, hexed("#66727d"), hexed("#e5cf95"), lit=0.3, tallest=330)
    canvas.gradient(
        [hexed("#6b747b"), hexed("#7d8a93"), hexed("#606b73"), hexed("#4c555c")], 420, HEIGHT
    )
    for _ in range(90):
        x, y = canvas.random.uniform(0, WIDTH), canvas.random.uniform(440, 720)
        canvas.line(
            [(x, y), (x + canvas.random.uniform(40, 160), y)],
            mixed(hexed("#8d9aa3"), hexed("#b9c4ca"), canvas.random.random()),
            2,
        )
    canvas.shape([(0, 742), (WIDTH, 700), (WIDTH, HEIGHT), (0, HEIGHT)], hexed("#a39d92"))
    canvas.shape([(0, 722), (WIDTH, 682), (WIDTH, 712), (0, 756)], hexed("#c9c4b9"))
    canvas.shape([(420, 640), (800, 628), (826, 700), (430, 716)], hexed("#39424a"))
    for bar in range(11):
        x = 440 + bar * 34
        canvas.line([(x, 642 - bar), (x + 8, 706 - bar)], hexed("#1e252b"), 9)
    leaves = [hexed(code) for code in ("#d9a520", "#b86f1c", "#8f4a1f", "#e0bd48", "#6b4a26")]
    for _ in range(150):
        x = canvas.random.gauss(620, 120)
        y = canvas.random.gauss(662, 26)
        turn, size = canvas.random.uniform(0, pi), canvas.random.uniform(9, 20)
        canvas.shape(
            [
                (x + cos(turn + a) * size, y + sin(turn + a) * size * 0.55)
                for a in (0, 1.1, 2.2, 3.6, 5.0)
            ],
            canvas.random.choice(leaves),
        )
    for _ in range(46):
        x, y = canvas.random.uniform(0, WIDTH), canvas.random.uniform(470, 680)
        size = 6 + (y - 460) / 9
        for ring in (1.0, 0.72):
            box = [
                (x + cos(step * pi / 12) * size * ring, y + sin(step * pi / 12) * size * ring * 0.3)
                for step in range(25)
            ]
            canvas.line(box, hexed("#c3cdd3"), 2)
    for _ in range(420):
        x, y = canvas.random.uniform(-40, WIDTH), canvas.random.uniform(-40, HEIGHT)
        long = canvas.random.uniform(24, 70)
        canvas.line([(x, y), (x + long * 0.16, y + long)], hexed("#c5d0d8"), 1)
    return canvas.photograph(dark=True)


def fallen_branch(seed: int) -> bytes:
    """Ginkgo yellow: a thick branch lies across the path of a park."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#a9cdea"), hexed("#dcebf2"), hexed("#f3ecd2")], 0, 470)
    canvas.blocks_of_flats(440, hexed("#c3ccd4"), hexed("#9fb3c4"), lit=0.2, tallest=220)
    canvas.gradient([hexed("#8fa35a"), hexed("#a9a24a"), hexed("#b59a3a")], 440, HEIGHT)
    canvas.shape([(500, 440), (640, 440), (1080, HEIGHT), (150, HEIGHT)], hexed("#c8bba4"))
    canvas.shape([(500, 440), (520, 440), (210, HEIGHT), (150, HEIGHT)], hexed("#aca08a"))
    for x, high in ((120, 420), (330, 360), (800, 380), (1040, 470)):
        canvas.tree(x, 520 + (high - 380) * 0.4, high, hexed("#e2ae22"), hexed("#5b4634"))
    canvas.shade([[(160, 730), (1080, 660), (1110, 706), (200, 790)]], 0.45, 22)
    canvas.line([(130, 752), (360, 706), (620, 690), (860, 652), (1090, 640)], hexed("#4f3c2c"), 46)
    canvas.line([(130, 744), (360, 698), (620, 682), (860, 646)], hexed("#6d553f"), 16)
    canvas.disc(130, 750, 24, hexed("#d6b88a"), 27)
    for x, y, toward in (
        (420, 700, -1),
        (560, 690, 1),
        (700, 676, -1),
        (850, 654, 1),
        (960, 648, -1),
    ):
        tip = (x + 120, y + toward * 120)
        canvas.line([(x, y), (x + 60, y + toward * 44), tip], hexed("#54402f"), 16)
        for _ in range(34):
            tone = mixed(hexed("#d99a16"), hexed("#f3d25c"), canvas.random.random())
            canvas.disc(
                tip[0] + canvas.random.gauss(0, 46),
                tip[1] + canvas.random.gauss(0, 34),
                canvas.random.uniform(8, 19),
                tone,
            )
    for _ in range(340):
        low = canvas.random.uniform(480, HEIGHT)
        size = 2 + 8 * (low - 440) / 460
        tone = mixed(hexed("#c98d14"), hexed("#f5d970"), canvas.random.random())
        canvas.disc(canvas.random.uniform(0, WIDTH), low, size, tone, size * 0.5)
    return canvas.photograph()


def broken_swing(seed: int) -> bytes:
    """A playground between flats: one of the two swings hangs from a single chain."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#86b9ea"), hexed("#c4def2"), hexed("#eaf2f4")], 0, 570)
    canvas.blocks_of_flats(566, hexed("#dcd6cb"), hexed("#93aac0"), lit=0.25)
    for x in (60, 210, 1030, 1170):
        canvas.tree(x, 600, canvas.random.uniform(200, 280), hexed("#6f9a45"), hexed("#5b4634"))
    canvas.gradient([hexed("#8fae5d"), hexed("#7c9b4e")], 560, 640)
    canvas.gradient([hexed("#d9c49a"), hexed("#cbb283"), hexed("#bfa574")], 640, HEIGHT)
    for _ in range(500):
        canvas.disc(
            canvas.random.uniform(0, WIDTH),
            canvas.random.uniform(660, HEIGHT),
            canvas.random.uniform(1, 3),
            hexed("#a98e5f"),
        )
    frame = hexed("#d2483c")
    canvas.shade([[(200, 800), (1010, 800), (1060, 840), (250, 840)]], 0.25, 24)
    for x, lean in ((260, -70), (260, 50), (940, -50), (940, 70)):
        canvas.line([(x, 250), (x + lean, 800)], mixed(frame, BLACK, 0.1 if lean > 0 else 0.25), 20)
    canvas.line([(244, 250), (956, 250)], frame, 24)
    for x in (420, 540):
        canvas.line([(x, 256), (x + 8, 690)], hexed("#5b6066"), 6)
    canvas.round_box(412, 684, 566, 704, 8, hexed("#2a5fb4"))
    canvas.line([(700, 256), (704, 640)], hexed("#5b6066"), 6)
    canvas.line([(820, 256), (822, 420), (810, 470)], hexed("#5b6066"), 6)
    canvas.shape([(694, 630), (716, 636), (762, 776), (738, 784)], hexed("#2a5fb4"))
    canvas.round_box(60, 600, 180, 650, 10, hexed("#e8c13f"))
    return canvas.photograph()


def broken_bench(seed: int) -> bytes:
    """The river at dusk from Seonyudo; a bench lacks two of its planks."""
    canvas = Canvas(seed)
    canvas.gradient(
        [hexed("#4a5a92"), hexed("#b0779a"), hexed("#f0a07a"), hexed("#f8d59a")], 0, 430
    )
    canvas.disc(830, 380, 62, hexed("#ffe9b8"))
    canvas.glow([[(740, 300), (920, 300), (920, 440), (740, 440)]], hexed("#ffb36b"), 0.5, 90)
    canvas.blocks_of_flats(430, hexed("#5a4d6e"), hexed("#f7cf8a"), lit=0.3, tallest=150)
    canvas.gradient([hexed("#e8a583"), hexed("#a67a94"), hexed("#5d5f8c")], 430, 640)
    for _ in range(120):
        x, y = canvas.random.gauss(830, 190), canvas.random.uniform(436, 636)
        canvas.line(
            [(x, y), (x + canvas.random.uniform(20, 90), y)],
            mixed(hexed("#ffd9a0"), hexed("#d68f86"), canvas.random.random()),
            3,
        )
    canvas.line([(0, 420), (WIDTH, 400)], hexed("#4b4360"), 12)
    for pier in range(40, WIDTH, 170):
        canvas.line([(pier, 416 - pier * 0.016), (pier, 470)], hexed("#4b4360"), 14)
    canvas.gradient([hexed("#4d5a3c"), hexed("#3c4a33"), hexed("#323f2d")], 640, HEIGHT)
    for _ in range(700):
        x, y = canvas.random.uniform(0, WIDTH), canvas.random.uniform(650, HEIGHT)
        tip = (x + canvas.random.uniform(-6, 6), y - canvas.random.uniform(8, 24))
        canvas.line(
            [(x, y), tip], mixed(hexed("#3f5131"), hexed("#8a8a4e"), canvas.random.random()), 3
        )
    wood, iron = hexed("#a9703f"), hexed("#23252c")
    canvas.shade([[(250, 800), (900, 800), (960, 850), (300, 850)]], 0.5, 24)
    for leg in (300, 850):
        canvas.line([(leg, 820), (leg, 690), (leg - 26, 520)], iron, 18)
        canvas.line([(leg, 690), (leg + 84, 700), (leg + 84, 830)], iron, 18)
    for number, y in enumerate((530, 572, 614)):
        if number != 1:
            canvas.round_box(262, y, 890, y + 30, 5, mixed(wood, BLACK, number * 0.12))
    canvas.shape(
        [(264, 574), (430, 572), (416, 590), (440, 602), (266, 604)], mixed(wood, BLACK, 0.1)
    )
    canvas.shape([(270, 684), (900, 684), (930, 700), (282, 700)], mixed(wood, WHITE, 0.12))
    canvas.shape([(296, 716), (560, 716), (540, 732), (310, 732)], wood)
    canvas.shape([(600, 770), (880, 810), (872, 832), (596, 792)], mixed(wood, BLACK, 0.2))
    return canvas.photograph(dark=True)


def building_dust(seed: int) -> bytes:
    """A building site without its screens: a crane, an open frame, dust over the street."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#9fb9cf"), hexed("#d3d6d0"), hexed("#e3d8c4")], 0, 680)
    canvas.blocks_of_flats(660, hexed("#bcc3c8"), hexed("#94a8b8"), lit=0.2, tallest=300)
    steel = hexed("#e0a021")
    canvas.line([(900, 660), (900, 90)], steel, 14)
    for step in range(14):
        y = 110 + step * 40
        canvas.line([(888, y), (912, y + 40)], mixed(steel, BLACK, 0.2), 5)
    canvas.line([(700, 110), (1180, 96)], steel, 12)
    canvas.line([(900, 60), (1170, 98)], mixed(steel, BLACK, 0.2), 4)
    canvas.line([(900, 60), (710, 110)], mixed(steel, BLACK, 0.2), 4)
    canvas.line([(1120, 98), (1120, 300)], hexed("#4a4a4a"), 3)
    canvas.box(1096, 300, 1144, 330, hexed("#7d5a3a"))
    concrete = hexed("#a7a49c")
    for floor in range(5):
        y = 640 - floor * 96
        canvas.box(240, y, 800, y + 18, mixed(concrete, WHITE, 0.1))
        for column in range(6):
            x = 250 + column * 106
            canvas.box(x, y - 78, x + 18, y, mixed(concrete, BLACK, 0.12))
    canvas.gradient([hexed("#a79c88"), hexed("#97907f")], 660, 740)
    for panel in range(11):
        tone = hexed("#4b8ac0") if panel % 2 else hexed("#e9ecef")
        if panel not in (4, 5):
            canvas.box(panel * 112 - 10, 600, panel * 112 + 98, 736, tone)
    canvas.gradient([hexed("#6c6a66"), hexed("#5b5a57")], 740, HEIGHT)
    clouds = [
        [(x + cos(a * pi / 6) * wide, y + sin(a * pi / 6) * wide * 0.5) for a in range(12)]
        for x, y, wide in (
            (
                canvas.random.gauss(560, 260),
                canvas.random.gauss(640, 80),
                canvas.random.uniform(60, 200),
            )
            for _ in range(16)
        )
    ]
    canvas.veil(clouds, hexed("#d3bd92"), 0.55, 70)
    return canvas.photograph()
