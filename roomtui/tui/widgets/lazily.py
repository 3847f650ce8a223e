"""Textual's own widgets, styled as far as they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.css.styles import RenderStyles
    from textual.widget import Widget as _Widget
else:
    # Not a widget: Textual takes the rules of the first base that is one, and that is to be the widget itself.
    _Widget = object


class Lazily(_Widget):
    """Matches a component class against the stylesheet when it is first drawn with, not whenever the widget is styled.

    A field has four of them (cursor, placeholder, suggestion, selection), and most are never drawn. To be mixed in
    before the widget.
    """

    @classmethod
    def _get_component_classes(cls) -> frozenset[str]:  # type: ignore[override] # Textual's is a cached one
        return frozenset()

    def get_component_styles(self, *names: str) -> RenderStyles:
        """How these components look."""
        for name in names:
            if name not in self._component_styles:
                component = DOMNode(classes=name)
                component._attach(self)  # noqa: SLF001 - as the stylesheet itself does it
                self.app.stylesheet.apply(component)
                self._component_styles[name] = component.styles
        return super().get_component_styles(*names)

    def notify_style_update(self) -> None:
        """Look again: the theme, or what has the focus, may be another."""
        self._component_styles.clear()
        super().notify_style_update()
