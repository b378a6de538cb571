"""A failure is forgiven once it passes alone, named, and never otherwise."""

import textwrap

import pytest

pytest_plugins = ["pytester"]

LOSES_ONCE = """
    import pathlib

    def test_loses_once():
        seen = pathlib.Path(__file__).with_name("seen")
        first, _ = not seen.exists(), seen.touch()
        assert not first
"""
LOSES = """
    def test_loses():
        assert False
"""
LOSE_ALL = """
    import pathlib
    import pytest

    @pytest.mark.parametrize("number", range(4))
    def test_lose_once(number):
        seen = pathlib.Path(__file__).with_name(f"seen-{number}")
        first, _ = not seen.exists(), seen.touch()
        assert not first
"""


@pytest.mark.parametrize(
    ("text", "options", "status", "named"),
    [
        pytest.param(LOSES_ONCE, ("--alone-again",), 0, True, id="passes alone"),
        pytest.param(LOSES_ONCE, ("--alone-again", "-n", "2"), 0, True, id="failed in a worker"),
        pytest.param(LOSES_ONCE, (), 1, False, id="not asked for"),
        pytest.param(LOSES, ("--alone-again",), 1, False, id="fails alone as well"),
        pytest.param(LOSES_ONCE + LOSES, ("--alone-again",), 1, False, id="one of two"),
        pytest.param(LOSE_ALL, ("--alone-again",), 1, False, id="too many for an accident"),
    ],
)
def test_what_failed_is_run_again_alone(
    pytester: pytest.Pytester, text: str, options: tuple[str, ...], status: int, named: bool
) -> None:
    pytester.makepyfile(textwrap.dedent(text))
    result = pytester.runpytest_subprocess("-p", "tests.alone", *options)
    assert result.ret == status
    assert ("PASSED ALONE" in result.stdout.str()) == named
