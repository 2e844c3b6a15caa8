/** Width and height in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** What the header of a file says of its picture. */
export interface PictureHeader extends Dimensions {
  /** Whether it has more than 8 bits for each channel; undefined if that makes no difference. */
  readonly isDeep?: boolean;
}
