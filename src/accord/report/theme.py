"""How charts look, in the page's tokens.

Vega wants colours when it draws, the page decides them when it shows (light, dark, print). So each token is
drawn in a colour that occurs nowhere else and is put back as `var(--token)` in the finished picture
(`drawing.py`).
"""

PALETTE = {
    "ink": "#010101",
    "soft": "#020202",
    "rule": "#030303",
    "mark": "#040404",  # what happened
    "goal": "#050505",  # what was promised
    "band": "#060606",  # what is tolerated
    "bad": "#070707",
    "paper": "#080808",
    "pale": "#090909",  # not final yet
    "risk": "#0a0a0a",  # more than agreed, and still to be borne
    "over": "#0b0b0b",  # more than agreed, and no alarm
}

_TEXT = {
    "labelColor": PALETTE["soft"],
    "titleColor": PALETTE["soft"],
    "labelFontSize": 12,
    "titleFontSize": 12,
}

CONFIG: dict[str, object] = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "mark": {"color": PALETTE["mark"]},  # or Vega's own blue, which no page has
    "axis": {
        **_TEXT,
        "titleFontWeight": "normal",
        "domainColor": PALETTE["rule"],
        "tickColor": PALETTE["rule"],
        "gridColor": PALETTE["rule"],
        "labelLimit": 160,  # "Information was missing" stands whole
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False, "labelPadding": 6, "tickCount": 4},
    "text": {"color": PALETTE["ink"], "fontSize": 12},
    "header": _TEXT,
}

# What a picture that stands alone is drawn in: the light colours of `templates/style.css`
LIGHT = {
    "ink": "#18202c",
    "soft": "#515b68",
    "rule": "#dad6cb",
    "mark": "#0b5cad",
    "goal": "#17212d",
    "band": "#0b5cad",
    "bad": "#b03a0c",
    "paper": "#ffffff",
    "pale": "#7b8998",
    "risk": "#855400",
    "over": "#6a3d9c",
}
