"""Scenes of streets: a dead lamp at night, a broken pavement, cars where none may stand."""

from math import cos, pi, sin

from server.demo.pictures.brush import HEIGHT, WIDTH, Canvas, Point, hexed, mixed

BLACK = (0, 0, 0)
WHITE = (255, 255, 255)


def dead_lamp(seed: int) -> bytes:
    """Night, a street of lamps, and the nearest one is out."""
    canvas = Canvas(seed)
    canvas.gradient(
        [hexed("#0a1230"), hexed("#16224a"), hexed("#3a3561"), hexed("#6a4a63")], 0, 560
    )
    for _ in range(70):
        canvas.disc(
            canvas.random.uniform(0, WIDTH),
            canvas.random.uniform(0, 330),
            canvas.random.uniform(0.8, 2.0),
            hexed("#c8d2f0"),
        )
    canvas.disc(210, 150, 44, hexed("#f4ecd0"))
    canvas.disc(228, 140, 40, hexed("#131d42"))
    canvas.blocks_of_flats(560, hexed("#171d38"), hexed("#f6c76a"), lit=0.34)
    canvas.gradient([hexed("#22232f"), hexed("#14151d")], 560, HEIGHT)
    canvas.shape([(0, 660), (WIDTH, 610), (WIDTH, HEIGHT), (0, HEIGHT)], hexed("#1b1c25"))
    canvas.shape([(0, 640), (WIDTH, 598), (WIDTH, 612), (0, 664)], hexed("#3b3b45"))
    for step in range(9):
        x = step * 150.0 - 20
        canvas.shape(
            [
                (x, 800 - step * 6),
                (x + 84, 797 - step * 6),
                (x + 86, 806 - step * 6),
                (x, 810 - step * 6),
            ],
            hexed("#5a5a55"),
        )
    lights: list[Point] = []
    for x, high in ((820, 360), (1010, 290), (700, 230)):
        lights.append(
            canvas.lamp_post(x, 650 - (x - 700) * 0.06, high, hexed("#2a2d3a"), hexed("#ffe9b0"))
        )
    cones = [[(x - 14, y), (x + 14, y), (x + 130, y + 360), (x - 130, y + 360)] for x, y in lights]
    halos = [
        [(x - 60, y - 60), (x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60)] for x, y in lights
    ]
    canvas.glow(cones, hexed("#ffcf73"), 0.34, 40)
    canvas.glow(halos, hexed("#ffd98a"), 0.85, 36)
    x, y = canvas.lamp_post(330, 850, 640, hexed("#0b0d16"), hexed("#23283a"))
    canvas.round_box(x - 42, y - 6, x + 26, y + 2, 4, hexed("#3c4358"))
    canvas.glow([[(0, 600), (120, 600), (120, 860), (0, 860)]], hexed("#ff8f52"), 0.12, 80)
    return canvas.photograph(dark=True)


def broken_pavement(seed: int) -> bytes:
    """Paving blocks seen from above a walker's feet; some have risen, some are gone."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#9b9a92"), hexed("#b9b4a7"), hexed("#c9c2b2")])
    tones = [hexed(code) for code in ("#a89f93", "#b5aa9b", "#9c958b", "#c0b5a5", "#ab9d90")]
    broken = {(canvas.random.randint(3, 6), canvas.random.randint(2, 5)) for _ in range(6)}

    def at(column: float, row: float) -> Point:
        depth = row / 11
        top = 120 + 780 * depth**1.55
        spread = 0.42 + 0.75 * depth
        return WIDTH / 2 + (column - 5) * 190 * spread, top

    for row in range(11):
        for column in range(-2, 13):
            tilt = canvas.random.uniform(-0.02, 0.02)
            corners = [
                at(column + a + 0.5 * (row % 2), row + b + tilt)
                for a, b in ((0.03, 0.04), (0.97, 0.04), (0.97, 0.96), (0.03, 0.96))
            ]
            tone = canvas.random.choice(tones)
            if row in (4, 5) and (column, row) not in broken:
                tone = mixed(hexed("#e0ad2f"), tone, 0.12)
            if (column, row) in broken:
                _broken_block(canvas, corners, tone)
                continue
            canvas.shape(corners, tone)
            canvas.line([corners[0], corners[1]], mixed(tone, WHITE, 0.25), 2)
            if row in (4, 5):
                _guide_bars(canvas, corners, tone)
    canvas.gradient([hexed("#5b6168"), hexed("#6d7278")], 0, 96)
    canvas.shape([(0, 92), (WIDTH, 92), (WIDTH, 128), (0, 128)], hexed("#d9d6cd"))
    canvas.shape([(0, 122), (WIDTH, 122), (WIDTH, 132), (0, 132)], hexed("#8f8b83"))
    shadow = canvas.random.uniform(-120, 120)
    canvas.shade(
        [[(820 + shadow, 0), (1100 + shadow, 0), (820 + shadow, HEIGHT), (470 + shadow, HEIGHT)]],
        0.22,
        60,
    )
    return canvas.photograph()


def _guide_bars(canvas: Canvas, corners: list[Point], tone: tuple[int, int, int]) -> None:
    """The raised bars that guide people who cannot see."""
    (left, top), (right, _), _, (_, bottom) = corners
    for share in (0.2, 0.4, 0.6, 0.8):
        x = left + (right - left) * share
        canvas.line(
            [(x, top + (bottom - top) * 0.16), (x, bottom - (bottom - top) * 0.16)],
            mixed(tone, WHITE, 0.3),
            7,
        )


def _broken_block(canvas: Canvas, corners: list[Point], tone: tuple[int, int, int]) -> None:
    """Sand where a block was, its halves standing up, weeds between."""
    canvas.shape(corners, hexed("#6f5f48"))
    (left, top), (right, _), _, (_, bottom) = corners
    wide, high = right - left, bottom - top
    for _ in range(26):
        canvas.disc(
            left + wide * canvas.random.random(),
            top + high * canvas.random.random(),
            canvas.random.uniform(2, 5),
            hexed("#8f7d61"),
        )
    lift = high * canvas.random.uniform(0.16, 0.34)
    half = [
        (left + 4, top - lift),
        (left + wide * 0.58, top - lift * 0.4),
        (left + wide * 0.42, bottom - lift),
        (left + 2, bottom - lift * 0.5),
    ]
    canvas.shade([[(x + 10, y + lift + 6) for x, y in half]], 0.45, 10)
    canvas.shape([(x, y + lift * 0.7) for x, y in half], mixed(tone, BLACK, 0.45))
    canvas.shape(half, mixed(tone, WHITE, 0.12))
    for _ in range(16):
        x = left + wide * canvas.random.uniform(0.5, 1)
        y = top + high * canvas.random.uniform(0.3, 1)
        tip = (x + canvas.random.uniform(-16, 16), y - canvas.random.uniform(16, 42))
        canvas.line([(x, y), tip], mixed(hexed("#4d7a35"), WHITE, canvas.random.random() * 0.3), 4)


def parked_cars(seed: int) -> bytes:
    """Evening; cars on the pavement and the crossing before a row of small shops."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#8fa9c9"), hexed("#d9c3b5"), hexed("#f1cfa4")], 0, 330)
    _shops(canvas)
    canvas.gradient([hexed("#b9b2a6"), hexed("#a8a196")], 560, 660)
    canvas.shape([(0, 654), (WIDTH, 654), (WIDTH, 676), (0, 676)], hexed("#dad6cc"))
    canvas.gradient([hexed("#54575c"), hexed("#43464b"), hexed("#393c41")], 676, HEIGHT)
    for step in range(9):
        x = 90.0 + step * 92
        canvas.shape([(x, 690), (x + 46, 690), (x + 26, 890), (x - 34, 890)], hexed("#e4e2da"))
    canvas.shape([(0, 836), (1200, 836), (1200, 848), (0, 848)], hexed("#e0b23a"))
    paints = [hexed(code) for code in ("#e9eaec", "#30363d", "#7d2a2f", "#9aa3ab", "#2c4a73")]
    canvas.random.shuffle(paints)
    canvas.car(-90, 660, 400, paints[0])
    canvas.car(640, 658, 430, paints[1])
    canvas.car(250, 742, 470, paints[2])
    canvas.car(820, 752, 480, paints[3])
    x, y = 590.0, 300.0
    canvas.line([(x, 650), (x, y)], hexed("#8a9097"), 9)
    canvas.disc(x, y, 44, hexed("#c4342b"))
    canvas.disc(x, y, 34, hexed("#2b57b0"))
    canvas.line([(x - 26, y - 26), (x + 26, y + 26)], hexed("#c4342b"), 10)
    canvas.line([(x - 26, y + 26), (x + 26, y - 26)], hexed("#c4342b"), 10)
    canvas.glow([[(0, 240), (420, 240), (420, 330), (0, 330)]], hexed("#ffb56b"), 0.18, 90)
    return canvas.photograph()


def _shops(canvas: Canvas) -> None:
    """Brick houses with shutters, awnings and signs whose letters are too far to read."""
    x = -30.0
    walls = [hexed(code) for code in ("#b8674f", "#c9b79c", "#8d9aa5", "#d8cdbb", "#a2715c")]
    signs = [hexed(code) for code in ("#1f6f54", "#2b57b0", "#c98a1b", "#a8324a", "#5b3d8a")]
    while x < WIDTH:
        wide = canvas.random.uniform(210, 300)
        top = canvas.random.uniform(110, 220)
        wall = canvas.random.choice(walls)
        canvas.box(x, top, x + wide, 562, wall)
        for row in range(int((400 - top) // 84)):
            for column in range(3):
                left = x + 24 + column * (wide - 36) / 3
                pane = hexed("#5d7388") if canvas.random.random() < 0.7 else hexed("#f4dca0")
                canvas.box(left, top + 22 + row * 84, left + 50, top + 78 + row * 84, pane)
                canvas.line(
                    [(left + 25, top + 22 + row * 84), (left + 25, top + 78 + row * 84)],
                    mixed(wall, WHITE, 0.5),
                    3,
                )
        sign = canvas.random.choice(signs)
        canvas.box(x + 10, 404, x + wide - 10, 446, sign)
        for letter in range(4):
            left = x + 34 + letter * 38
            canvas.round_box(left, 413, left + 24, 437, 5, mixed(sign, WHITE, 0.82))
        canvas.box(x + 20, 452, x + wide - 20, 562, hexed("#39424c"))
        canvas.box(x + 30, 460, x + wide * 0.6, 560, hexed("#7f97a8"))
        canvas.shape(
            [(x + 8, 448), (x + wide - 8, 448), (x + wide + 4, 476), (x - 4, 476)],
            mixed(sign, WHITE, 0.18),
        )
        x += wide + 4


def pothole(seed: int) -> bytes:
    """Wet asphalt with a hole that holds the sky, close to the lane's line."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#7a818a"), hexed("#565b62"), hexed("#43474d"), hexed("#34373c")])
    for _ in range(2600):
        x, y = canvas.random.uniform(0, WIDTH), canvas.random.uniform(150, HEIGHT)
        tone = mixed(hexed("#3a3d42"), hexed("#8b9198"), canvas.random.random())
        canvas.disc(x, y, 1 + 2.2 * (y / HEIGHT) * canvas.random.random(), tone)
    canvas.gradient([hexed("#c3ccd6"), hexed("#98a3ae")], 0, 130)
    canvas.blocks_of_flats(140, hexed("#8c97a4"), hexed("#b9c6d2"), lit=0.1, tallest=120)
    canvas.shape([(860, 140), (894, 140), (1130, HEIGHT), (1010, HEIGHT)], hexed("#d8b23e"))
    canvas.shape([(200, 140), (216, 140), (110, HEIGHT), (10, HEIGHT)], hexed("#d9d9d4"))
    middle, depth = 540 + canvas.random.uniform(-50, 50), 590.0
    rim = _ragged(canvas, middle, depth, 320, 132)
    canvas.shade([[(x, y + 14) for x, y in rim]], 0.5, 26)
    canvas.shape(rim, hexed("#26241f"))
    canvas.shape(
        [(x, y + 12) for x, y in _ragged(canvas, middle, depth + 8, 276, 106)], hexed("#4a4238")
    )
    water = _ragged(canvas, middle + 10, depth + 26, 226, 74)
    canvas.shape(water, hexed("#7d92a8"))
    canvas.shape([(x * 0.94 + middle * 0.06, y - 12) for x, y in water[6:18]], hexed("#a9bccd"))
    for _ in range(60):
        x = middle + canvas.random.gauss(0, 280)
        y = depth + 60 + canvas.random.gauss(0, 110)
        size = canvas.random.uniform(4, 15)
        stone = mixed(hexed("#2b2c2e"), hexed("#7b7f84"), canvas.random.random())
        canvas.disc(x + 3, y + 4, size, hexed("#26272a"), size * 0.55)
        canvas.disc(x, y, size, stone, size * 0.6)
    for _ in range(9):
        x, y = rim[canvas.random.randrange(len(rim))]
        crack = [(x, y)]
        for _ in range(5):
            x += canvas.random.uniform(10, 44) * (1 if x > middle else -1)
            y += canvas.random.uniform(-16, 22)
            crack.append((x, y))
        canvas.line(crack, hexed("#24262a"), canvas.random.uniform(2, 5))
    return canvas.photograph()


def _ragged(canvas: Canvas, x: float, y: float, wide: float, high: float) -> list[Point]:
    """An uneven ellipse."""
    points = []
    for step in range(36):
        angle = step * pi / 18
        reach = canvas.random.uniform(0.86, 1.1)
        points.append((x + cos(angle) * wide * reach, y + sin(angle) * high * reach))
    return points


def torn_banners(seed: int) -> bytes:
    """A crossing hung full of banners that nobody allowed."""
    canvas = Canvas(seed)
    canvas.gradient([hexed("#7fb2e5"), hexed("#b7d7f1"), hexed("#e6f0f6")], 0, 650)
    canvas.blocks_of_flats(642, hexed("#c5c9cf"), hexed("#8ea6bb"), lit=0.3)
    for x in (80, 240, 980, 1120):
        canvas.tree(x, 650, canvas.random.uniform(250, 330), hexed("#d9a520"), hexed("#5a4636"))
    canvas.gradient([hexed("#b8b2a7"), hexed("#a49e93")], 640, 730)
    canvas.gradient([hexed("#5a5d62"), hexed("#45484d")], 730, HEIGHT)
    for step in range(12):
        x = step * 112 - 30
        canvas.shape([(x, 770), (x + 60, 770), (x + 40, 890), (x - 34, 890)], hexed("#e5e4dd"))
    for x in (300, 900):
        canvas.line([(x, 720), (x, 150)], hexed("#7d858c"), 16)
    cloths = [hexed(code) for code in ("#f3d64e", "#ffffff", "#e7503f", "#ffffff", "#57b06a")]
    canvas.random.shuffle(cloths)
    for number, cloth in enumerate(cloths[:4]):
        top = 190 + number * 112
        sag = canvas.random.uniform(8, 26)
        torn = canvas.random.uniform(0, 46) if number == 2 else 0
        canvas.line([(300, top), (320, top + 6)], hexed("#f0f0f0"), 3)
        canvas.shape(
            [
                (318, top),
                (600, top + sag),
                (884, top + torn),
                (878, top + 84 + torn * 1.6),
                (600, top + 84 + sag),
                (322, top + 80),
            ],
            cloth,
        )
        ink = hexed("#c4342b") if cloth == WHITE else mixed(cloth, BLACK, 0.72)
        for letter in range(9):
            left = 352 + letter * 56
            dip = sag * (1 - abs(left - 600) / 290)
            canvas.round_box(left, top + 24 + dip, left + 38, top + 62 + dip, 8, ink)
    return canvas.photograph()
