"""The words by which a case is found: number, subject, unit, and how they are read aloud (wangfang for 王芳)."""

import re
from collections.abc import Iterator
from functools import lru_cache

_PART = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]+")
_MOST_WORDS = 60
_LONGEST = 40


def words_of(*texts: str | None) -> tuple[str, ...]:
    """Lower case; of Chinese words each end of them too, so that a beginning finds any part."""
    found: list[str] = []
    for text in texts:
        if text:
            lowered = text.casefold()
            found.append(lowered[:_LONGEST])
            for part in _PART.findall(lowered):
                found += _of_part(part)
    return tuple(dict.fromkeys(word for word in found if word))[:_MOST_WORDS]


def _of_part(part: str) -> Iterator[str]:
    part = part[:_LONGEST]
    yield part
    if not part.isascii():
        yield from (part[start:] for start in range(1, len(part)))
        yield from _readings(part)


@lru_cache(maxsize=4096)
def _readings(part: str) -> tuple[str, ...]:
    """Full readings and initials; surnames as they are read in names. Kept, as units come again with every case."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 -- slow import, and only who writes needs it

    syllables = lazy_pinyin(_surname(part), style=Style.NORMAL, errors="ignore")
    initials = "".join(syllable[:1] for syllable in syllables)
    ends = ("".join(syllables[start:])[:_LONGEST] for start in range(1, len(syllables)))
    return ("".join(syllables)[:_LONGEST], initials, *ends)


#: Surnames that are read otherwise than the word, by a sign that is read as they are.
_SURNAMES = {
    "单": "善",
    "曾": "增",
    "解": "谢",
    "仇": "求",
    "区": "欧",
    "查": "渣",
    "任": "人",
    "华": "画",
    "朴": "瓢",
    "尉": "玉",
    "覃": "秦",
    "盖": "葛",
    "乐": "月",
    "翟": "宅",
    "缪": "妙",
    "纪": "几",
    "冼": "险",
    "召": "少",
    "员": "运",
    "繁": "婆",
    "种": "虫",
    "洗": "险",
    "折": "舌",
    "黑": "贺",
    "秘": "必",
    "宓": "福",
    "逄": "旁",
    "郇": "环",
    "晟": "成",
}


def _surname(part: str) -> str:
    return _SURNAMES.get(part[0], part[0]) + part[1:]
