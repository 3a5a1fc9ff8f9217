"use client";
import { useQueryClient } from "@tanstack/react-query";

/** What follows every act on a scanner or a site: the dialog closes, and everything shown is asked again. */
export function useDone(close: () => void): { onSuccess: () => Promise<void> } {
  const queryClient = useQueryClient();
  return {
    onSuccess: () => {
      close();
      return queryClient.invalidateQueries();
    },
  };
}
