// What a drawing is made of. Everything that is not in these lists is left out of a stored SVG.

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/u).filter(Boolean));

/** Shapes, text, paint and filters. No script, no foreign content, no animation (it can change a link), no link. */
export const ELEMENTS = words(`
  svg g defs symbol use switch path rect circle ellipse line polyline polygon text tspan textPath title desc style image
  linearGradient radialGradient stop pattern clipPath mask marker view
  filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
  feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
  feTurbulence`);

/** Elements that only carry others: they are left out and their contents stay. */
export const UNWRAPPED = words("a");

/** Properties of style, as attributes and in CSS alike. */
export const PROPERTIES = words(`
  alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters color-rendering cursor direction
  display dominant-baseline enable-background fill fill-opacity fill-rule filter flood-color flood-opacity font font-family font-size font-size-adjust
  font-stretch font-style font-variant font-variant-ligatures font-variant-caps font-variant-numeric font-feature-settings font-weight
  glyph-orientation-horizontal glyph-orientation-vertical image-rendering isolation kerning letter-spacing lighting-color line-height marker marker-end
  marker-mid marker-start mask mask-type mix-blend-mode opacity overflow paint-order pointer-events shape-rendering solid-color solid-opacity
  stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
  text-align text-anchor text-decoration text-indent text-rendering text-transform transform transform-origin unicode-bidi vector-effect visibility
  white-space word-spacing writing-mode`);

export const ATTRIBUTES = words(`
  id class style lang role tabindex version viewBox preserveAspectRatio x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy width height d points pathLength
  transform rotate textLength lengthAdjust startOffset method spacing side offset gradientUnits gradientTransform spreadMethod patternUnits
  patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight refX refY orient filterUnits
  primitiveUnits in in2 result type values tableValues slope intercept amplitude exponent mode operator k1 k2 k3 k4 order kernelMatrix divisor bias
  targetX targetY edgeMode kernelUnitLength preserveAlpha surfaceScale diffuseConstant specularConstant specularExponent azimuth elevation pointsAtX
  pointsAtY pointsAtZ limitingConeAngle z radius scale xChannelSelector yChannelSelector stdDeviation baseFrequency numOctaves seed stitchTiles
  systemLanguage requiredFeatures media aria-label aria-labelledby aria-describedby aria-hidden`);
