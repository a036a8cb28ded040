"""What a PDF needs to be drawn and read, as a list: whatever is not on it goes (ISO 32000-2).

Every dictionary is reached from the catalog by keys, and the way that leads to it says what it is.
So the list says for each kind of dictionary which keys it keeps, and of what kind the value of each
is. Nobody needs to know how many ways there are to name a person or to start a program.

Left out on purpose, beside what names, dates and acts: `/PieceInfo` and `/Metadata` anywhere,
signatures, files within, pictures for other devices (`/OPI`, `/Alternates`), other files (`/Ref`),
places on a map (`/VP`, `/Measure`, `/PtData`), shows (`/PresSteps`, `/Trans`), profiles of a
printing press, and names of destinations (`/Names`), which stand beside the scripts.
"""

from collections.abc import Mapping
from typing import Final

PLAIN: Final = "plain"
"""Numbers, names of the format, and lists of them."""
WORDS: Final = "words"
"""Those, and strings: what a reader is shown or told."""
DESCRIBED: Final = "described"
"""Words that stand for a picture. Programs write there where on a disk the picture was."""
LEAF: Final = "leaf"
"""A page of this document."""
EACH: Final = "each "
"""Before a kind: a dictionary with keys of its own, whose values are all of that kind."""

Keys = Mapping[str, str]


def _keys(plain: str = "", words: str = "", **kinds: str) -> Keys:
    """The keys of a dictionary: those with plain values, those with words, and those of a kind."""
    simple = dict.fromkeys(plain.split(), PLAIN) | dict.fromkeys(words.split(), WORDS)
    return {f"/{key}": kind for key, kind in (simple | kinds).items()}


_FUNCTION: Final = "FunctionType Domain Range Size BitsPerSample Order Encode Decode C0 C1 N Bounds"

STREAM: Final = _keys("Filter", DecodeParms="packing")
"""The keys that every stream has, beside those of its kind. Not `/F`: its content in a file."""

STREAMS: Final = frozenset(
    {
        *("content", "drawing", "drawn", "pattern", "shading", "function", "colour"),
        *("data", "encoding"),
    }
)
"""Kinds that may be streams. Anywhere else a stream could hold anything."""

GRAMMAR: Final[Mapping[str, Keys]] = {
    "catalog": _keys(
        "Type Version PageMode PageLayout",
        "Lang",
        Pages="page",
        PageLabels="labels",
        MarkInfo="marking",
        StructTreeRoot="structure",
        Dests=EACH + "destination",
        Outlines="outline",
        AcroForm="form",
        ViewerPreferences="viewing",
        OCProperties="layers",
    ),
    "labels": _keys("Limits", Nums="label", Kids="labels"),
    "label": _keys("Type S St", "P"),
    "marking": _keys("Marked Suspects"),
    "viewing": _keys(
        "HideToolbar HideMenubar HideWindowUI FitWindow CenterWindow DisplayDocTitle Direction"
        " NonFullScreenPageMode ViewArea ViewClip PrintArea PrintClip PrintScaling Duplex"
    ),
    "outline": _keys(
        "Type Count C F",
        "Title",
        First="outline",
        Last="outline",
        Next="outline",
        Prev="outline",
        Parent="outline",
        Dest="destination",
        A="action",
    ),
    "destination": _keys(D="destination"),
    "action": _keys("Type S", D="destination"),
    "page": _keys(
        "Type Count MediaBox CropBox BleedBox TrimBox ArtBox Rotate UserUnit Tabs StructParents",
        Kids="page",
        Parent="page",
        Resources="resources",
        Contents="content",
        Group="group",
        Annots="note",
    ),
    # What a page is drawn with.
    "resources": _keys(
        "ProcSet",
        ExtGState=EACH + "state",
        ColorSpace=EACH + "colour",
        Pattern=EACH + "pattern",
        Shading=EACH + "shading",
        XObject=EACH + "drawing",
        Font=EACH + "font",
        Properties=EACH + "layer",
    ),
    "content": {},
    "group": _keys("Type S I K", CS="colour"),
    "state": _keys(
        "Type LW LC LJ ML D RI OP op OPM FL SM SA BM CA ca AIS TK",
        Font="font",
        BG="function",
        BG2="function",
        UCR="function",
        UCR2="function",
        TR="function",
        TR2="function",
        SMask="mask",
    ),
    "mask": _keys("Type S BC", G="drawing", TR="function"),
    "colour": _keys(
        f"{_FUNCTION} WhitePoint BlackPoint Gamma Matrix Range Subtype",
        Functions="function",
        Colorants=EACH + "colour",
        Process="process",
    ),
    "process": _keys("Components", ColorSpace="colour"),
    "function": _keys(_FUNCTION, Functions="function"),
    "pattern": _keys(
        "Type PatternType PaintType TilingType BBox XStep YStep Matrix",
        Resources="resources",
        Shading="shading",
        ExtGState="state",
    ),
    "shading": _keys(
        "ShadingType Background BBox AntiAlias Coords Domain Extend Matrix BitsPerCoordinate"
        " BitsPerComponent BitsPerFlag Decode VerticesPerRow",
        ColorSpace="colour",
        Function="function",
    ),
    "drawing": _keys(
        "Type Subtype Name FormType BBox Matrix StructParent StructParents Width Height Intent"
        " BitsPerComponent ImageMask Decode Interpolate SMaskInData Matte",
        Resources="resources",
        Group="group",
        OC="layer",
        ColorSpace="colour",
        Mask="drawing",
        SMask="drawing",
    ),
    "packing": _keys(
        "K EndOfLine EncodedByteAlign Columns Rows EndOfBlock BlackIs1 DamagedRowsBeforeError"
        " Predictor Colors BitsPerComponent EarlyChange ColorTransform",
        JBIG2Globals="data",
    ),
    "data": _keys("Length1 Length2 Length3 Subtype"),
    "font": _keys(
        "Type Subtype Name BaseFont FirstChar LastChar Widths DW W DW2 W2 FontBBox FontMatrix",
        FontDescriptor="descriptor",
        Encoding="encoding",
        ToUnicode="encoding",
        DescendantFonts="font",
        CIDSystemInfo="collection",
        CIDToGIDMap="data",
        CharProcs=EACH + "content",
        Resources="resources",
    ),
    "descriptor": _keys(
        "Type FontName FontStretch FontWeight Flags FontBBox ItalicAngle Ascent Descent Leading"
        " CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth Lang",
        "FontFamily CharSet",
        FontFile="data",
        FontFile2="data",
        FontFile3="data",
        CIDSet="data",
    ),
    "encoding": _keys(
        "Type BaseEncoding Differences CMapName WMode",
        CIDSystemInfo="collection",
        UseCMap="encoding",
    ),
    "collection": _keys("Supplement", "Registry Ordering"),
    # What can be shown and hidden.
    "layers": _keys(OCGs="layer", D="layering", Configs="layering"),
    "layering": _keys(
        "BaseState Intent ListMode",
        "Name",
        ON="layer",
        OFF="layer",
        Order="layer",
        RBGroups="layer",
        Locked="layer",
        AS="switching",
    ),
    "switching": _keys("Event Category", OCGs="layer"),
    # Or what a marked part of a page says of itself: both stand among a page's properties.
    "layer": _keys(
        "Type Intent P MCID Subtype BBox Attached",
        "Name ActualText E Lang",
        Alt=DESCRIBED,
        Usage="usage",
        OCGs="layer",
        VE="layer",
    ),
    "usage": _keys(Export="showing", Print="showing", View="showing", Zoom="showing"),
    "showing": _keys("ExportState PrintState ViewState Subtype min max"),
    # Notes and the fields of a form, which may be one dictionary.
    "form": _keys("Q NeedAppearances", "DA", Fields="note", DR="resources"),
    "note": _keys(
        "Type Subtype Rect F AS Border C IC H QuadPoints InkList L Vertices LE CL IT RD CO LL LLE"
        " LLO Cap CP Q CA ca BM Name Open Sy FT Ff MaxLen TI I StructParent",
        "Contents DA T TU V DV Opt Lang",
        P=LEAF,
        OC="layer",
        AP="appearance",
        BS="border",
        BE="border",
        MK="button",
        Dest="destination",
        A="action",
        Parent="note",
        Kids="note",
    ),
    "appearance": _keys(N="drawn", R="drawn", D="drawn"),
    "border": _keys("Type W S D I"),
    "button": _keys(
        "R BC BG TP", "CA RC AC", I="drawing", RI="drawing", IX="drawing", IF="fitting"
    ),
    "fitting": _keys("SW S A FB"),
    # How a document reads aloud.
    "structure": _keys(
        "Type ParentTreeNextKey",
        K="element",
        ParentTree="parents",
        RoleMap=EACH + PLAIN,
        ClassMap=EACH + "attributes",
    ),
    "parents": _keys("Limits", Nums="element", Kids="parents"),
    "element": _keys(
        "Type S R MCID",
        "Lang E ActualText T",
        Alt=DESCRIBED,
        P="element",
        K="element",
        Pg=LEAF,
        A="attributes",
        C=PLAIN,
        Stm="drawing",
    ),
    "attributes": _keys(
        "O Placement WritingMode BackgroundColor BorderColor BorderStyle BorderThickness Padding"
        " Color SpaceBefore SpaceAfter StartIndent EndIndent TextIndent TextAlign BBox Width Height"
        " BlockAlign InlineAlign TBorderStyle TPadding BaselineShift LineHeight TextDecorationColor"
        " TextDecorationThickness TextDecorationType RubyAlign RubyPosition"
        " GlyphOrientationVertical ColumnCount ColumnGap ColumnWidths ListNumbering RowSpan"
        " ColSpan Scope Role Checked"
    ),
}
