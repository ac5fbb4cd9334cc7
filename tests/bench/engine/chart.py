"""A bar chart of ratios, as SVG."""

from xml.sax.saxutils import escape

_COLORS = ("#9aa5b1", "#c3cad1", "#1f77b4", "#e08e45", "#6b8e23")
_LABEL, _SCALE, _BAR, _GAP, _TOP = 130, 260, 7, 6, 50


def _text(x, y, text, anchor="start"):
    return ('<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>' %
            (x, y, anchor, escape(text)))


def draw(rows, reference, names):
    """The chart.

    Args:
      rows: {label: {name: ratio}}.
      reference: what 1.0 stands for.
      names: the bars of each row.
    """
    longest = max(max(ratios[name] for name in names)
                  for ratios in rows.values())
    height = len(names) * _BAR + _GAP
    bottom = _TOP + len(rows) * height
    width = _LABEL + _SCALE * longest + 50
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" '
             'height="%.0f" font-family="sans-serif" font-size="11">' %
             (width, bottom + 20),
             '<rect width="100%" height="100%" fill="white"/>',
             _text(8, 16, "time relative to native %s; shorter is faster" %
                   reference)]
    for i, name in enumerate(names):
        x = _LABEL + i * 90
        parts.append('<rect x="%d" y="25" width="10" height="10" fill="%s"/>' %
                     (x, _COLORS[i % len(_COLORS)]))
        parts.append(_text(x + 14, 34, name))
    for row, (label, ratios) in enumerate(rows.items()):
        y = _TOP + row * height
        parts.append(_text(_LABEL - 8, y + height / 2 + 2, label, "end"))
        for i, name in enumerate(names):
            parts.append(
                '<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' %
                (_LABEL, y + i * _BAR, _SCALE * ratios[name], _BAR - 1,
                 _COLORS[i % len(_COLORS)]))
            parts.append(
                '<text x="%.1f" y="%d" font-size="7">%.2f</text>' %
                (_LABEL + _SCALE * ratios[name] + 3, y + i * _BAR + 6,
                 ratios[name]))
    parts.append('<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="black"/>' %
                 (_LABEL + _SCALE, _TOP - 4, _LABEL + _SCALE, bottom))
    return "\n".join(parts + ["</svg>\n"])
