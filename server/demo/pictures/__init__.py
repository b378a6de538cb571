"""Photographs that nobody took: what residents complain about, drawn by the program."""

from server.demo.pictures import parks, street

SCENES = {
    scene.__name__: scene
    for scene in (
        street.dead_lamp,
        street.broken_pavement,
        street.parked_cars,
        street.pothole,
        street.torn_banners,
        parks.overflowing_bin,
        parks.flooded_drain,
        parks.fallen_branch,
        parks.broken_swing,
        parks.broken_bench,
        parks.building_dust,
    )
}
"""Every scene by its name; each takes a seed and gives a JPEG of 1200 by 900 pixels."""
